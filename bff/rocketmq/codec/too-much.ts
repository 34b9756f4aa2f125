/** What was unpacked would pass a limit, or cost too much to unpack; nothing is said against the bytes themselves. */
export class TooMuch extends RangeError {}
