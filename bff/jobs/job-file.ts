import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { JobFile as Told } from "#contract/job.ts";
import { Problem } from "../base/problem.ts";

export const FILE_ENDING = ".file";
/** Records are written together once they are so many bytes. */
const BUFFERED = 64 * 1024;
/** The files of all jobs take as much room as so many of the largest; then the oldest goes. */
const FILES_KEPT = 8;

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "INTERNAL_SERVER_ERROR";

/** What a job writes for people to take away: record by record, each as a whole or not at all. */
export class JobFile {
  readonly #handle: FileHandle;
  readonly #maxBytes: number;
  readonly #onWritten: (told: Told) => void;
  #told: Told;
  #waiting: Buffer[] = [];
  /** With what waits to be written. */
  #end = 0;

  constructor(handle: FileHandle, maxBytes: number, told: Told, onWritten: (told: Told) => void) {
    this.#handle = handle;
    this.#maxBytes = maxBytes;
    this.#told = told;
    this.#onWritten = onWritten;
  }

  /** Adds a record, piece by piece where it is large; false where it has no room, and the file is left as it was. Throws STORE_FAILED. */
  async add(record: string | AsyncIterable<string | Uint8Array>): Promise<boolean> {
    if (this.#told.full) return false;
    return typeof record === "string" ? this.#addText(record) : this.#addPieces(record);
  }

  async #addText(record: string): Promise<boolean> {
    const bytes = Buffer.from(record);
    if (this.#end + bytes.length > this.#maxBytes) return this.#isFull();
    this.#waiting.push(bytes);
    this.#end += bytes.length;
    if (this.#end - this.#told.bytes >= BUFFERED) await this.#flush();
    return true;
  }

  async #addPieces(record: AsyncIterable<string | Uint8Array>): Promise<boolean> {
    await this.#flush();
    let end = this.#end;
    for await (const piece of record) {
      const bytes = Buffer.from(piece);
      if (end + bytes.length > this.#maxBytes) return this.#isFull();
      await this.#write(bytes, end);
      end += bytes.length;
    }
    this.#end = end;
    this.#tell({ bytes: end });
    return true;
  }

  /** Writes what waits, and all of it to the disk, so that the store never counts what a crash of the machine takes away. */
  async close(): Promise<void> {
    try {
      await this.#flush();
      await this.#handle.truncate(this.#end);
      await this.#handle.sync();
    } finally {
      await this.#handle.close();
    }
  }

  async #isFull(): Promise<false> {
    await this.#flush();
    this.#tell({ full: true });
    return false;
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    await this.#write(Buffer.concat(this.#waiting), this.#told.bytes);
    this.#waiting = [];
    this.#tell({ bytes: this.#end });
  }

  async #write(bytes: Buffer, at: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, at + done);
        done += bytesWritten;
      }
    } catch (cause) {
      throw new Problem("STORE_FAILED", { remark: codeOf(cause) }, { cause });
    }
  }

  #tell(change: Partial<Told>): void {
    this.#told = { ...this.#told, ...change };
    this.#onWritten(this.#told);
  }
}

/** Files that jobs made, one a job, on the console that ran it. Of each so many bytes count as the store says. */
export class JobFiles {
  readonly #dir: string;
  readonly #maxBytes: number;

  constructor(dir: string, maxBytes: number) {
    this.#dir = dir;
    this.#maxBytes = maxBytes;
  }

  /** Begins the file of a job. Throws STORE_FAILED. */
  async open(
    jobId: string,
    { name, type }: Pick<Told, "name" | "type">,
    onWritten: (told: Told) => void,
  ): Promise<JobFile> {
    try {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      await this.#makeRoom();
      const handle = await open(this.#path(jobId), "w", 0o600);
      const told = { name, type, bytes: 0, full: false };
      onWritten(told);
      return new JobFile(handle, this.#maxBytes, told, onWritten);
    } catch (cause) {
      throw new Problem("STORE_FAILED", { remark: codeOf(cause) }, { cause });
    }
  }

  /** The first so many bytes. Throws RESULTS_MISSING where they are not all there, before it gives any. */
  async read(jobId: string, bytes: number): Promise<AsyncGenerator<Uint8Array, void>> {
    const path = this.#path(jobId);
    const file = await stat(path).catch(() => undefined);
    if (file === undefined || file.size < bytes) throw new Problem("RESULTS_MISSING");
    return partsOf(path, bytes);
  }

  /** Exports must not fill the disk that the store is on, however many there are. */
  async #makeRoom(): Promise<void> {
    const names = (await readdir(this.#dir)).filter((name) => name.endsWith(FILE_ENDING));
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#dir, name);
        const { size, mtimeMs } = await stat(path);
        return { path, size, mtimeMs };
      }),
    );
    let room = this.#maxBytes * (FILES_KEPT - 1);
    for (const { path, size } of files.toSorted((a, b) => b.mtimeMs - a.mtimeMs)) {
      room -= size;
      if (room < 0) await rm(path, { force: true });
    }
  }

  #path(jobId: string): string {
    return join(this.#dir, `${jobId}${FILE_ENDING}`);
  }
}

async function* partsOf(path: string, bytes: number): AsyncGenerator<Uint8Array, void> {
  if (bytes === 0) return;
  const parts: AsyncIterable<Uint8Array> = createReadStream(path, { end: bytes - 1 });
  yield* parts;
}
