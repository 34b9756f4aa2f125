import { expect, test } from "../support/test.ts";

const SECRET = "a secret of these tests";

for (const [locale, words] of Object.entries({
  "en-US": {
    namesrv: "Name servers",
    secret: "SecretKey",
    test: /Test connection$/,
    kept: "Kept as it is while this is empty.",
    again: "The secret key is needed again",
    save: "Save",
    report: "Result of the connection test",
  },
  "zh-CN": {
    namesrv: "NameServer 地址",
    secret: "SecretKey",
    test: /测试连接$/,
    kept: "留空则保持不变。",
    again: "请重新输入 SecretKey",
    save: "保存",
    report: "连接测试结果",
  },
})) {
  test.describe(locale, () => {
    test.use({ locale });

    test("a stored secret is asked for again before anything is sent to a new address", async ({
      page,
      instances,
      env,
      api,
      unique,
      shot,
    }) => {
      test.slow();
      const name = unique("signed");
      const { namesrvAddrs, clusterName } = env.cluster;
      const reach = { namesrvAddrs, clusterName, accessKey: "ak", secretKey: SECRET };
      const { id: instanceId } = await api.instance.register({ name, ...reach });
      await page.goto(`/instances/${instanceId}/overview?tab=details&open=connection`);
      const run = instances.drawer.getByRole("button", { name: words.test });
      await expect(instances.drawer.getByText(words.kept)).toBeVisible();
      await expect(run).toBeEnabled();

      await instances.field(words.namesrv).fill(`localhost:${namesrvAddrs[0]?.split(":")[1]}`);
      await expect(instances.drawer.getByText(words.again)).toBeVisible();
      await expect(run).toBeDisabled();
      await shot(`instance-secret-again-${locale}`);

      await instances.drawer.getByLabel(words.secret, { exact: true }).fill(SECRET);
      await expect(instances.drawer.getByText(words.again)).toBeHidden();
      await run.click();
      await expect(instances.drawer.getByRole("status", { name: words.report })).toContainText(clusterName);
      await instances.button(words.save).click();
      await expect(instances.drawer).toBeHidden();
      const moved = await api.instance.get({ instanceId });
      expect(moved.namesrvAddrs).toEqual([`localhost:${namesrvAddrs[0]?.split(":")[1]}`]);
      await api.instance.recycle({ instanceId });
      await api.instance.destroy({ instanceId, name });
    });
  });
}
