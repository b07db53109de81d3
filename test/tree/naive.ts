import type { Operation } from "../../src/model/plan.gen.ts";
import type { FakeFile } from "../support/fake-host.ts";

/**
 * A second model of what a sandbox shows, the way the kernel does it: file systems of nodes, mounts laid over nodes,
 * look-ups that go from node to node. Slow and plain; it shares nothing with `src/tree` but the words.
 */
export interface Naive {
  /** Does an operation, and whether bwrap could: where it could not, nothing has changed. */
  apply(operation: Operation): boolean;
  /** What a process finds at a path. */
  find(path: string, last: boolean): Found | undefined;
  /** Every path at which a host path can be seen, sorted. */
  places(hostPath: string): string[];
  /** How a path without links stands. */
  standing(path: string): {
    readonly access: string;
    /** What is written goes to a layer in memory. */
    readonly layered: boolean;
    readonly isMountPoint: boolean;
  };
}

export interface Found {
  readonly path: string;
  readonly type: string;
  readonly access: string;
  readonly content: string;
  readonly host: string | undefined;
  readonly target: string | undefined;
}

interface Node {
  type: "directory" | "file" | "link";
  children: Map<string, Node>;
  host?: string;
  target?: string;
  content: "host" | "tmpfs" | "generated";
}

interface Mount {
  readonly root: Node;
  access: "ro" | "rw" | "masked";
  readonly makes: boolean;
  /** What lies over which of its nodes; the last one is on top. */
  readonly over: Map<Node, Mount[]>;
}

/** A node in a mount, and how it was reached. */
interface Step {
  readonly name: string;
  readonly mount: Mount;
  readonly node: Node;
}

const directory = (content: Node["content"], host?: string): Node => ({
  type: "directory",
  children: new Map(),
  content,
  ...(host === undefined ? {} : { host }),
});

const mountOf = (root: Node, access: Mount["access"], makes: boolean): Mount => ({
  root,
  access,
  makes,
  over: new Map(),
});

export function naive(files: Readonly<Record<string, FakeFile>>): Naive {
  const host = hostNodes(files);
  const top = mountOf(directory("tmpfs"), "rw", true);

  /** What is on top of a node. */
  const surface = (name: string, mount: Mount, node: Node): Step => {
    const above = mount.over.get(node)?.at(-1);
    return above === undefined ? { name, mount, node } : surface(name, above, above.root);
  };

  function go(path: string, last: boolean): Step[] | "loop" | undefined {
    const way: Step[] = [surface("", top, top.root)];
    const todo = path.split("/");
    let links = 0;
    for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
      const here = way.at(-1)!;
      if (name === "" || name === ".") continue;
      if (here.node.type !== "directory") return undefined;
      if (name === "..") {
        if (way.length > 1) way.pop();
        continue;
      }
      const node = here.node.children.get(name);
      if (node === undefined) return undefined;
      const step = surface(name, here.mount, node);
      if (step.node.type === "link" && (last || todo.some((part) => part !== "" && part !== "."))) {
        links += 1;
        if (links > 40) return "loop";
        const target = step.node.target ?? "";
        if (target.startsWith("/")) way.length = 1;
        todo.unshift(...target.split("/"));
      } else way.push(step);
    }
    return way;
  }

  const plain = (path: string): Step | undefined => {
    let step = surface("", top, top.root);
    for (const name of path.split("/").filter(Boolean)) {
      const node = step.node.type === "directory" ? step.node.children.get(name) : undefined;
      if (node === undefined) return undefined;
      step = surface(name, step.mount, node);
    }
    return step;
  };

  /** The node at a path, made with its parents where nothing stands and something can be made. */
  function ground(path: string, make: () => Node): Step | undefined {
    const names = path.split("/").filter(Boolean);
    const last = names.pop();
    if (last === undefined) return surface("", top, top.root);
    let step = surface("", top, top.root);
    // Nothing is made before it is certain that all of it can be.
    for (const [index, name] of names.entries()) {
      const node = step.node.children.get(name);
      if (node === undefined) {
        if (!step.mount.makes || step.mount.access !== "rw") return undefined;
        let parent = step.node;
        for (const missing of names.slice(index)) {
          const made = directory("tmpfs");
          parent.children.set(missing, made);
          parent = made;
        }
        const made = make();
        parent.children.set(last, made);
        return { name: last, mount: step.mount, node: made };
      }
      step = surface(name, step.mount, node);
      if (step.node.type !== "directory") return undefined;
    }
    const node = step.node.children.get(last);
    if (node !== undefined) return surface(last, step.mount, node);
    if (!step.mount.makes || step.mount.access !== "rw") return undefined;
    const made = make();
    step.node.children.set(last, made);
    return { name: last, mount: step.mount, node: made };
  }

  function lay(at: string, mount: Mount, mayMake: boolean): boolean {
    const isDirectory = mount.root.type === "directory";
    const empty = (): Node => (isDirectory ? directory("tmpfs") : { ...directory("tmpfs"), type: "file" });
    const step = mayMake ? ground(at, empty) : plain(at);
    if (step === undefined || step.node.type === "link") return false;
    if ((step.node.type === "directory") !== isDirectory) return false;
    step.mount.over.set(step.node, [...(step.mount.over.get(step.node) ?? []), mount]);
    return true;
  }

  function apply(operation: Operation): boolean {
    const { at } = operation;
    switch (operation.kind) {
      case "bind": {
        const node = host.get(operation.source);
        if (node === undefined || node.type === "link") return false;
        return lay(at, mountOf(node, operation.access === "ro" ? "ro" : "rw", false), true);
      }
      case "pin":
      case "protect": {
        const node = host.get(operation.source);
        if (node === undefined || node.type === "link") return false;
        return lay(at, mountOf(node, operation.kind === "pin" ? "rw" : "ro", false), false);
      }
      case "overlay": {
        const node = host.get(operation.source);
        return node?.type === "directory" && lay(at, mountOf(copy(node), "rw", true), true);
      }
      case "tmpfs":
        return lay(at, mountOf(directory("tmpfs"), "rw", true), true);
      case "file":
        return lay(at, mountOf({ ...directory("generated"), type: "file" }, "ro", false), true);
      case "mask":
        return lay(at, mountOf({ ...directory("generated"), type: operation.type }, "masked", false), false);
      case "dir": {
        if (plain(at) !== undefined) return false;
        return ground(at, () => directory("tmpfs")) !== undefined;
      }
      case "symlink": {
        if (plain(at) !== undefined) return false;
        const link = (): Node => ({ ...directory("tmpfs"), type: "link", target: operation.target });
        return ground(at, link) !== undefined;
      }
      case "remount-ro": {
        const step = plain(at);
        if (step === undefined || step.node !== step.mount.root || step.mount.access !== "rw") return false;
        step.mount.access = "ro";
        return true;
      }
      case "proc":
      case "dev":
      case "mqueue":
        return false;
    }
  }

  function find(path: string, last: boolean): Found | undefined {
    const way = go(path, last);
    const step = way === "loop" ? undefined : way?.at(-1);
    if (way === undefined || way === "loop" || step === undefined) return undefined;
    return describe(
      step,
      `/${way
        .slice(1)
        .map(({ name }) => name)
        .join("/")}`,
    );
  }

  function places(hostPath: string): string[] {
    const found: string[] = [];
    const visit = (step: Step, path: string): void => {
      if (step.node.host === hostPath) found.push(path === "" ? "/" : path);
      for (const [name, node] of step.node.children) visit(surface(name, step.mount, node), `${path}/${name}`);
    };
    visit(surface("", top, top.root), "");
    return found.sort();
  }

  function standing(path: string) {
    const step = plain(path);
    if (step === undefined) throw new Error(`nothing stands at ${path}`);
    const { mount, node } = step;
    return { access: mount.access, layered: mount.makes, isMountPoint: node === mount.root };
  }

  return { apply, find, places, standing };
}

function describe({ mount, node }: Step, path: string): Found {
  return {
    path,
    type: node.type,
    access: mount.access,
    content: node.type === "link" ? "link" : node.content,
    host: node.host,
    target: node.target,
  };
}

function hostNodes(files: Readonly<Record<string, FakeFile>>): Map<string, Node> {
  const nodes = new Map<string, Node>([["/", directory("host", "/")]]);
  for (const path of Object.keys(files).sort()) {
    const file = files[path]!;
    const node: Node =
      file.target !== undefined
        ? { ...directory("host", path), type: "link", target: file.target }
        : { ...directory("host", path), type: file.type === "directory" ? "directory" : "file" };
    nodes.set(path, node);
    const cut = path.lastIndexOf("/");
    nodes.get(cut === 0 ? "/" : path.slice(0, cut))!.children.set(path.slice(cut + 1), node);
  }
  return nodes;
}

function copy(node: Node): Node {
  return { ...node, children: new Map([...node.children].map(([name, child]) => [name, copy(child)])) };
}
