import antdZhCn from "antd/es/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";

dayjs.locale("zh-cn");

/** antd's Chinese texts; loading them also sets the calendar's language. */
export const antdZh = antdZhCn;
