import { createHmac } from "node:crypto";

/** Account of ACL 1.0 or 2.0 (access key = user name). */
export interface Credentials {
  accessKey: string;
  secretKey: string;
  securityToken?: string;
}

// Servers since 5.1.0 leave this field out of the content only for versions up to 399; older ones always do.
const unsigned = new Set(["Signature", "_UNIQUE_KEY_QUERY"]);

/** Extension fields with AccessKey and Signature: base64(HMAC-SHA1(values in key order, then body)). Source: AclUtils.java, AclSigner.java. */
export function signExtFields(
  fields: Record<string, string>,
  body: Buffer | undefined,
  credentials: Credentials,
): Record<string, string> {
  const signed: Record<string, string> = { ...fields, AccessKey: credentials.accessKey };
  if (credentials.securityToken) signed["SecurityToken"] = credentials.securityToken;
  const mac = createHmac("sha1", credentials.secretKey);
  for (const key of Object.keys(signed).sort()) {
    const value = signed[key];
    if (value !== undefined && !unsigned.has(key)) mac.update(value, "utf8");
  }
  if (body) mac.update(body);
  signed["Signature"] = mac.digest("base64");
  return signed;
}
