/**
 * Variables whose value is code, or says where to find it, to programs that have nothing to do with it: the dynamic linker
 * (ld.so(8)), shells, interpreters, git (git(1)), and what calls compilers.
 */
const CODE = new RegExp(
  `^(${[
    "LD_(?!(BIND_NOW|BIND_NOT|WARN|VERBOSE|SHOW_AUXV|HWCAP_MASK|PREFER_MAP_32BIT_EXEC)$).*",
    "GLIBC_TUNABLES|GCONV_PATH|LOCPATH|OPENSSL_(CONF|MODULES|ENGINES)",
    "BASH_ENV|ENV|PROMPT_COMMAND|ZDOTDIR|LESSOPEN",
    "NODE_OPTIONS|npm_config_node_options|NODE_PATH",
    "PYTHON(PATH|STARTUP|HOME|BREAKPOINT|USERBASE)",
    "PERL5OPT|PERL5LIB|PERL5DB|RUBYOPT|RUBYLIB|LUA_INIT(_5_\\d)?",
    "GTK_MODULES",
    "(_JAVA|JAVA_TOOL|JDK_JAVA)_OPTIONS|(MAVEN|GRADLE|SBT|ANT)_OPTS",
    "DOTNET_STARTUP_HOOKS|(CORECLR|COR)_PROFILER(_PATH(_32|_64)?)?",
    "GIT_SSH|GIT_SSH_COMMAND|GIT_PROXY_COMMAND|GIT_EXEC_PATH|GIT_TEMPLATE_DIR|GIT_CONFIG_(?!NOSYSTEM$).*|GIT_CONFIG",
    "GIT_EXTERNAL_DIFF|GIT_ASKPASS|SSH_ASKPASS",
    "(CARGO_BUILD_)?RUSTC(_WORKSPACE)?_WRAPPER|GOFLAGS",
  ].join("|")})$`,
);

/** What people set on purpose all day, though a program is run by it all the same. */
const EVERYDAY = /^(IFS|CLASSPATH|RUSTC|MAKEFLAGS|EDITOR|VISUAL|PAGER|MANPAGER|GIT_PAGER|GIT_EDITOR)$/;

/** Settings of git's that run nothing and name no file of settings; others may (git-config(1)). */
const HARMLESS =
  "(?:safe\\.directory|user\\.(?:name|email)|(?:author|committer)\\.|http\\.|url\\.|color\\.|init\\.defaultbranch|advice\\.|protocol\\.version|core\\.(?:autocrlf|filemode|quotepath|longpaths|symlinks|compression|abbrev|eol|safecrlf|bare)|fetch\\.|pull\\.|push\\.default|push\\.autosetupremote|gc\\.|pack\\.|commit\\.gpgsign|tag\\.gpgsign|merge\\.conflictstyle|rebase\\.auto|diff\\.(?:renames|algorithm|colormoved)|submodule\\.recurse|feature\\.|index\\.|clone\\.)";
/** Any other one. */
const GIT_SETTINGS = new RegExp(`^(?!'?${HARMLESS})|\\s'(?!${HARMLESS})`, "i");

/** Those that hold an interpreter's options, and which of these load code: node(1), perlrun(1), ruby(1), java(1). */
const OPTIONS: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^(NODE_OPTIONS|npm_config_node_options)$/,
    /(^|[\s"'])(-r|--require|--import|--(experimental-)?loader|--openssl-config)\b/,
  ],
  [/^PERL5OPT$/, /(^|\s)-?[A-Za-z]*[mMId]/],
  [/^RUBYOPT$/, /(^|\s)-?[A-Za-z]*[rI]/],
  [
    /^((_JAVA|JAVA_TOOL|JDK_JAVA)_OPTIONS|(MAVEN|GRADLE|SBT|ANT)_OPTS)$/,
    /(^|[\s"'])(@|-javaagent|-agentlib|-agentpath|-Xbootclasspath|-cp\b|-?-class-?path|-p\b|--(upgrade-)?module-path|--patch-module|-XX:(OnError|OnOutOfMemoryError|Flags|VMOptionsFile)\b|-Dmaven\.ext\.class\.path\b|-Djava\.(system\.class\.loader|library\.path|ext\.dirs)\b)/,
  ],
  [/^GOFLAGS$/, /(^|[\s"'])--?(toolexec|exec|overlay|modfile)\b/],
  // How many there are, and what they are set to: which settings it is about is in the others.
  [/^GIT_CONFIG_(COUNT|VALUE_\d+)$/, /^(?!)/],
  [/^GIT_CONFIG_(KEY_\d+|PARAMETERS)$/, GIT_SETTINGS],
  [/^PYTHONBREAKPOINT$/, /^(?!0?$)/],
  // Modules by name or by path.
  [/^GTK_MODULES$/, /\//],
];

/** Those that say where to look: what is found there is as good as the place. */
const SEARCH_PATHS =
  /^(LD_LIBRARY_PATH|PYTHONPATH|NODE_PATH|PERL5LIB|RUBYLIB|LOCPATH|GCONV_PATH|PYTHONHOME|PYTHONUSERBASE|ZDOTDIR|OPENSSL_CONF|OPENSSL_MODULES|OPENSSL_ENGINES|GIT_EXEC_PATH|GIT_TEMPLATE_DIR)$/;

export const isSearchPath = (name: string): boolean => SEARCH_PATHS.test(name);

/** Examples of them: what a pattern like `LD_*` lets in. */
export const LOADING_VARIABLES: readonly string[] = [
  "BASH_ENV",
  "CARGO_BUILD_RUSTC_WRAPPER",
  "CORECLR_PROFILER",
  "COR_PROFILER",
  "DOTNET_STARTUP_HOOKS",
  "GCONV_PATH",
  "GIT_CONFIG_GLOBAL",
  "GIT_SSH_COMMAND",
  "GOFLAGS",
  "GRADLE_OPTS",
  "JAVA_TOOL_OPTIONS",
  "JDK_JAVA_OPTIONS",
  "LD_AUDIT",
  "LD_LIBRARY_PATH",
  "LD_PRELOAD",
  "LESSOPEN",
  "LOCPATH",
  "LUA_INIT",
  "MAVEN_OPTS",
  "NODE_OPTIONS",
  "NODE_PATH",
  "OPENSSL_CONF",
  "PERL5LIB",
  "PERL5OPT",
  "PROMPT_COMMAND",
  "PYTHONHOME",
  "PYTHONPATH",
  "PYTHONSTARTUP",
  "RUBYLIB",
  "RUBYOPT",
  "RUSTC_WRAPPER",
  "SSH_ASKPASS",
  "ZDOTDIR",
  "npm_config_node_options",
];

/** Whether a variable's value is code to others, or names it. */
export const loadsCode = (name: string): boolean => CODE.test(name);

/** Nothing, and programs that do nothing. */
const NOTHING = /^(\/dev\/null|(\/usr)?(\/bin\/)?(true|false|echo))$/;

/** Whether this text loads something, as far as its variable tells. */
export function textLoadsCode(name: string, text: string): boolean {
  if (!loadsCode(name) || /^\s*$/.test(text) || NOTHING.test(text)) return false;
  // A shell reads the file that ENV names; as a word it says which of several stages a program is for.
  if (name === "ENV") return text.includes("/");
  const options = OPTIONS.find(([variable]) => variable.test(name));
  return options === undefined || options[1].test(text);
}

/** Whether a variable's value is run or loaded by programs that have nothing to do with it. */
export const actsOnLoaders = (name: string): boolean => loadsCode(name) || EVERYDAY.test(name);
