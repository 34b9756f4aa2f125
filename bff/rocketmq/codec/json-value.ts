/** A body of RocketMQ, parsed: integers of 16 and more digits that a number would round are bigint. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject | ObjectKeyed;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** A map whose keys are objects, as fastjson writes it: `{{"topic":"T","queueId":0}:1}`. */
export class ObjectKeyed {
  readonly entries: [JsonValue, JsonValue][] = [];
}
