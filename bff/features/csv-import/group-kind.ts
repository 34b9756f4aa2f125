import { RETRY_MAX } from "#contract/rules/group.ts";
import { groupNameFault } from "#contract/rules/names.ts";
import { allGroupConfigs, createGroup, createGroups } from "../../rocketmq/admin/group-admin.ts";
import { wholeNumber, type ImportKind, type Values } from "./import-kind.ts";

const nameOf = (values: Values) => values["GroupName"] ?? "";
const patchOf = (values: Values) => ({ retryMaxTimes: Number(values["MaxRetryTimes"]) });

export const groupKind: ImportKind = {
  what: "group",
  columns: [
    {
      name: "GroupName",
      aliases: ["group", "group name", "groupname", "consumergroup", "订阅组", "订阅组名称", "消费组", "消费组名称"],
      read: (cell) => {
        const fault = groupNameFault(cell);
        return fault === undefined ? { value: cell } : { fault: `name.${fault}` };
      },
    },
    {
      name: "MaxRetryTimes",
      aliases: ["retries", "max retry times", "maxretrytimes", "retrymaxtimes", "最大重试次数", "重试次数"],
      read: wholeNumber(0, () => RETRY_MAX, "retries"),
    },
  ],
  examples: [
    ["orders-billing", "16"],
    ["orders-shipping", "3"],
  ],
  ownNames: () => Promise.resolve(new Set<string>()),
  async stored(cluster, names) {
    const tables = await allGroupConfigs(cluster);
    return {
      ...tables,
      items: tables.items.map(({ target, value }) => ({
        target,
        value: new Map(
          [...value]
            .filter(([group]) => names.has(group))
            .map(([group, { config }]) => [group, { MaxRetryTimes: String(config.retryMaxTimes) }]),
        ),
      })),
    };
  },
  create: (cluster, addr, values) => createGroup(cluster, addr, nameOf(values), patchOf(values)),
  together: "createManyGroups",
  async createMany(cluster, addr, rows) {
    const groups = rows.map((values) => ({ groupName: nameOf(values), patch: patchOf(values) }));
    await createGroups(cluster, addr, groups);
    return new Set(groups.map(({ groupName }) => groupName));
  },
};
