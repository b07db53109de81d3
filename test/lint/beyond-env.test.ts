import { describe, expect, it } from "vitest";
import { type Case, describeCases, PROJECT } from "./cases.ts";
import { lintExample } from "./example.ts";

const set = (lines: string, found: readonly string[]): Case => [
  "env/loader",
  found.length > 0 ? lines : `nothing in ${lines}`,
  `env:\n  set:\n    ${lines}`,
  found,
];

describeCases("variables that load code", [
  set("MAVEN_OPTS: -javaagent:/tmp/x.jar", ["5 error"]),
  set("MAVEN_OPTS: -Xmx2g", []),
  set("GOFLAGS: -toolexec=/tmp/x", ["5 error"]),
  set("GOFLAGS: -mod=vendor", []),
  set("RUSTC_WORKSPACE_WRAPPER: /tmp/x", ["5 error"]),
  set("DOTNET_STARTUP_HOOKS: /tmp/x.dll", ["5 error"]),
  set("OPENSSL_CONF: /tmp/x.cnf", ["5 error"]),
  set("ZDOTDIR: /tmp/zsh", ["5 error"]),
  set("ZDOTDIR: /usr/share/zsh", []),
  set("npm_config_node_options: --require /tmp/x.js", ["5 error"]),
  set('GIT_CONFIG_COUNT: "0"', []),
  set('GIT_CONFIG_COUNT: "1"\n    GIT_CONFIG_KEY_0: core.pager\n    GIT_CONFIG_VALUE_0: x', ["6 error"]),
  set("GIT_ASKPASS: /bin/true", []),
  set("GIT_ASKPASS: /tmp/x", ["5 error"]),
  set("LOCPATH: /usr/lib/locale", []),
  set("PYTHONHOME: /usr", []),
  set("PYTHONHOME: /tmp/py", ["5 error"]),
  set('PYTHONBREAKPOINT: "0"', []),
  set("PYTHONPATH: /proc/self/cwd/lib", ["5 error"]),
  set("PYTHONPATH: /proc/self/root/usr/lib/acme", []),
  [
    "env/loader",
    "a read-only place that is writable under another name",
    "mounts:\n  /lib-ro: {from: /srv/lib, access: ro}\n  /srv: rw\nenv: {set: {PYTHONPATH: /lib-ro}}",
    ["6 error"],
  ],
  [
    "env/path-writable",
    "a read-only place that is writable under another name",
    "mounts:\n  /bin-ro: {from: /srv/bin, access: ro}\n  /srv: rw\nenv: {set: {PATH: /bin-ro:/usr/bin}}",
    ["6 error"],
  ],
  [
    "env/path-writable",
    "no place whose neighbour is writable",
    "mounts:\n  /bin-ro: {from: /srv/bin, access: ro}\n  /srv/data: rw\nenv: {set: {PATH: /bin-ro:/usr/bin}}",
    [],
  ],
  [
    "env/path-writable",
    "the working directory by way of /proc",
    "env: {set: {PATH: /proc/self/cwd:/usr/bin}}",
    ["3 error"],
  ],
  [
    "env/loader",
    "what a parameter takes from the caller",
    'params: {lib: {env: LD_PRELOAD, default: ""}}\nenv: {set: {LD_PRELOAD: "${lib}"}}',
    ["4 error"],
  ],
  [
    "env/loader",
    "nothing in a parameter that is given",
    'params: {lib: {default: ""}}\nenv: {set: {LD_PRELOAD: "${lib}"}}',
    [],
  ],
]);

describeCases("variables that load code, however they come", [
  [
    "env/loader",
    "what is passed behind something of the profile's own, told where it is passed",
    "env:\n  pass: [LD_LIBRARY_PATH]\n  prepend: {LD_LIBRARY_PATH: [/usr/lib/x]}",
    ["4 error"],
  ],
  [
    "env/loader",
    "a parameter of a parameter",
    'params: {a: {default: "${b}"}, b: {env: NODE_OPTIONS, default: ""}}\nenv: {set: {NODE_OPTIONS: "${a}"}}',
    ["4 error"],
  ],
  [
    "env/loader",
    "a parameter in the wrapper",
    'params: {b: {env: LD_PRELOAD, default: ""}}\nprocess: {wrapper: [env, "LD_PRELOAD=${b}"]}',
    ["4 error"],
  ],
  [
    "env/loader",
    "a line of a shell in the wrapper",
    'process: {wrapper: [sh, -c, "export LD_PRELOAD=/tmp/x.so; exec \\"$@\\"", sh]}',
    ["3 error"],
  ],
  [
    "env/loader",
    "small letters in the wrapper",
    "process: {wrapper: [env, npm_config_node_options=--require=/tmp/x.js]}",
    ["3 error"],
  ],
  [
    "env/loader",
    "no place in the wrapper that can't be changed",
    "process: {wrapper: [env, LD_LIBRARY_PATH=/usr/lib/acme]}",
    [],
  ],
  [
    "env/path-writable",
    "a search path in the wrapper",
    'process: {wrapper: [env, "PATH=/tmp/bin:/usr/bin"]}',
    ["3 error"],
  ],
  ["env/path-writable", "nothing in an empty text", 'env: {set: {LD_LIBRARY_PATH: "", PYTHONPATH: ""}}', []],
  ["env/path-writable", "an empty PATH", 'env: {set: {PATH: ""}}', ["3 error"]],
  [
    "env/path-writable",
    "nothing that the caller has in PATH",
    "mounts: {/opt: ro?}\nenv: {pass: [PATH], prepend: {PATH: [/opt/acme/bin]}}",
    [],
  ],
  [
    "env/path-writable",
    "the project under another name, as the project",
    "mounts: {/app: {from: ., access: rw}}\nenv: {prepend: {PATH: [/app/node_modules/.bin]}}",
    ["4 warning"],
  ],
  [
    "env/loader",
    "the project under another name, as the project",
    "mounts: {/app: {from: ., access: rw}}\nenv: {set: {PYTHONPATH: /app/src}}",
    ["4 warning"],
  ],
  [
    "env/path-writable",
    "more in a flag set than without",
    "mounts: {.: rw}\nenv: {prepend: {PATH: [./bin]}}\nflags: {x: {mounts: {./bin: {from: /srv/shared, access: rw}}}}",
    ["4 warning", "4 error"],
  ],
]);

describeCases("settings of git in variables", [
  ...["core.alternateRefsCommand", "interactive.diffFilter", "submodule.x.update", "guitool.x.cmd", "include.path"].map(
    (key): Case => set(`GIT_CONFIG_KEY_0: ${key}`, ["5 error"]),
  ),
  ...["safe.directory", "user.name", "http.sslVerify", "url.https://x/.insteadOf"].map(
    (key): Case => set(`GIT_CONFIG_KEY_0: ${key}`, []),
  ),
  set("GIT_CONFIG_PARAMETERS: \"'safe.directory=*'\"", []),
  set("GIT_CONFIG_PARAMETERS: \"'safe.directory=*' 'core.pager=x'\"", ["5 error"]),
  set("OPENSSL_CONF: /usr/lib/ssl/openssl.cnf", []),
  [
    "env/loader",
    "no value of a parameter inside of a word",
    'params: {ver: {env: JDK_VERSION, default: "17"}}\nenv: {set: {JAVA_TOOL_OPTIONS: "-Dv=${ver}"}}',
    [],
  ],
]);

describeCases("variables that are secrets", [
  [
    "env/secret",
    "what is passed behind something of the profile's own",
    "env:\n  pass: [GITHUB_TOKEN]\n  prepend: {GITHUB_TOKEN: [/x]}",
    ["4 warning"],
  ],
  [
    "env/secret",
    "what a parameter takes from the caller",
    'params: {b: {env: DATABASE_URL, default: ""}}\nenv: {set: {DATABASE_URL: "${b}"}}',
    ["4 warning"],
  ],
  ["env/secret", "a pattern by its own words", "env: {pass: [ACME_*_TOKEN]}", ["3 warning"]],
  ["env/secret", "a pattern by its end", 'env: {pass: ["*_PAT"]}', ["3 warning"]],
  ["env/secret", "a pattern by a known name", "env: {pass: [STRIPE_*]}", ["3 warning"]],
  ["env/secret", "no pattern of settings", "env: {pass: [LC_*, ACME_*_MODE]}", []],
  ["env/secret", "an address with a password", "env: {pass: [DATABASE_URL, SENTRY_DSN]}", ["3 warning", "3 warning"]],
  ["env/secret", "no other address", "env: {pass: [npm_config_registry, API_URL]}", []],
  ["env/loader", "a pattern by its beginning", "env: {pass: [LD_AUDIT*]}", ["3 error"]],
]);

const PROXY = 'env: {set: {HTTPS_PROXY: "http://127.0.0.1:3128"}}';

describeCases("proxies", [
  ["net/proxy-env-only", "one that is set", `network: host\n${PROXY}`, ["4 warning"]],
  ["net/proxy-env-only", "none by a flag set that nobody uses", PROXY, []],
  ["net/proxy-env-only", "one by a flag set that is used", `use: [network]\n${PROXY}`, ["4 warning"]],
  ["net/proxy-env-only", "one by a flag set of its own", `flags: {online: {network: host}}\n${PROXY}`, ["4 warning"]],
  ["net/proxy-env-only", "npm's", "network: host\nenv: {set: {npm_config_proxy: x}}", ["4 warning"]],
  ["net/proxy-env-only", "none that is empty", 'network: host\nenv: {set: {HTTPS_PROXY: ""}}', []],
  ["net/proxy-env-only", "not the caller's", "network: host\nenv: {pass: [HTTPS_PROXY]}", []],
  ["net/proxy-env-only", "none of the names of hosts without", "network: host\nenv: {pass: [NO_PROXY]}", []],
]);

const HOST_PATH = { env: { PATH: "/home/user/.local/bin:/usr/bin" } };
const USR_LOCAL = { files: { [`${PROJECT}/bin/`]: "" } };

describeCases("search paths that others than the profile decide", [
  ["env/path-writable", "the caller's", "env: {pass: [PATH]}\nmounts: {~/.local/bin: rw}", ["3 error"], HOST_PATH],
  [
    "env/path-writable",
    "a caller's that is no place",
    "env: {pass: [PATH]}",
    ["3 error"],
    { env: { PATH: ":/usr/bin" } },
  ],
  ["env/path-writable", "none of the caller's that is not shown", "env: {pass: [PATH]}", [], HOST_PATH],
  ["env/path-writable", "none of an ordinary caller's", "env:\n  pass: [PATH]", []],
  [
    "env/path-writable",
    "none of the caller's behind the system's directories",
    "env: {pass: [PATH]}\nmounts: {~/.local/bin: rw, ~/bin: rw}",
    [],
    { env: { PATH: "/usr/bin:/home/user/.local/bin:/home/user/bin" } },
  ],
  [
    "env/path-writable",
    "a built-in's, where an entry empties a place of it",
    "tmpfs:\n  /usr/local/bin: {size: 1M}",
    ["4 error"],
  ],
  [
    "env/path-writable",
    "a built-in's, where an entry mounts in it",
    "mounts:\n  /usr/local/bin: {from: ./bin, access: rw}",
    ["4 warning"],
    USR_LOCAL,
  ],
  [
    "env/path-writable",
    "nothing that is mounted there read-only",
    "mounts:\n  /usr/local/bin: {from: ./bin, access: ro}",
    [],
    USR_LOCAL,
  ],
]);

describe("what is to be done about them", () => {
  it.each([
    ["env: {pass: [PATH]}\nmounts: {~/.local/bin: rw}", "take PATH out of `env.pass`, or set it"],
    ["tmpfs: {/usr/local/bin: {size: 1M}}", "mount it elsewhere, or read-only"],
  ])("%s", async (lines, help) => {
    const { findings } = await lintExample({ profile: `version: 1\nextends: [base]\n${lines}\n`, machine: HOST_PATH });
    const found = findings.filter(({ problem }) => problem.rule === "env/path-writable");
    expect(found.map(({ problem }) => problem.help)).toEqual([help]);
  });
});
