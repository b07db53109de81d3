import { createHash } from "node:crypto";
import { chmod, copyFile, link, lstat, mkdir, readdir, readFile, readlink, symlink, utimes } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** What stands at each path of a tree: a directory, a link's target, or the name of an object. */
export type Tree = Readonly<
  Record<string, { readonly directory: true } | { readonly link: string } | { readonly object: string }>
>;

/** Objects are older than anything that is built from them, so that the same tree is the same, whoever adds it. */
const OLD = new Date("2011-11-11T00:00:00Z");

/** A store of files by what is in them: an object's name is its checksum and its mode. */
export class Store {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Takes a tree in; what is there already is not stored twice. */
  async add(top: string): Promise<Tree> {
    const tree: Record<string, Tree[string]> = {};
    for (const path of (await readdir(top, { recursive: true })).sort()) {
      const from = join(top, path);
      const stat = await lstat(from);
      if (stat.isDirectory()) tree[path] = { directory: true };
      else if (stat.isSymbolicLink()) tree[path] = { link: await readlink(from) };
      else tree[path] = { object: await this.#addFile(from, stat.mode & 0o100 ? 0o755 : 0o644) };
    }
    return tree;
  }

  async #addFile(from: string, mode: number): Promise<string> {
    const name = join(await checksum(from), mode.toString(8));
    const to = join(this.directory, name);
    if (await lstat(to).catch(() => undefined)) return name;
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to);
    await chmod(to, mode);
    await utimes(to, OLD, OLD);
    return name;
  }

  /** Lays a tree out by hard links: in no time, and in no space. */
  async stage(tree: Tree, top: string): Promise<void> {
    await this.#lay(tree, top, link);
  }

  /** Lays a tree out by copies, which are for everybody to change. */
  async checkout(tree: Tree, top: string): Promise<void> {
    await this.#lay(tree, top, copyFile);
  }

  async #lay(tree: Tree, top: string, place: (from: string, to: string) => Promise<void>): Promise<void> {
    await mkdir(top, { recursive: true });
    for (const [path, entry] of Object.entries(tree)) {
      const to = join(top, path);
      if ("directory" in entry) await mkdir(to, { recursive: true });
      else if ("link" in entry) await symlink(entry.link, to);
      else await place(join(this.directory, entry.object), to);
    }
  }

  /** The objects that are no longer what they were: content, mode or time. */
  async damaged(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const entry of await readdir(this.directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const name = relative(this.directory, path);
      const { mode, mtimeMs } = await lstat(path);
      const now = join(await checksum(path), (mode & 0o7777).toString(8));
      if (now !== name || mtimeMs !== OLD.getTime()) found.push(name);
    }
    return found;
  }
}

const checksum = async (file: string): Promise<string> =>
  createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
