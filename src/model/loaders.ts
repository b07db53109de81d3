/**
 * Variables whose value is code to somebody, or says where to find it: the dynamic linker (ld.so(8)), shells,
 * interpreters, git (git(1)), and what calls compilers.
 */
const LOADERS = new RegExp(
  "^(LD_.*|GLIBC_TUNABLES|GCONV_PATH|LOCPATH|BASH_ENV|ENV|PROMPT_COMMAND|IFS|NODE_OPTIONS|NODE_PATH|PYTHONPATH|" +
    "PYTHONSTARTUP|PYTHONHOME|PERL5OPT|PERL5LIB|RUBYOPT|RUBYLIB|(_JAVA|JAVA_TOOL|JDK_JAVA)_OPTIONS|CLASSPATH|" +
    "GIT_SSH|GIT_SSH_COMMAND|GIT_EXEC_PATH|GIT_CONFIG_.*|GIT_EXTERNAL_DIFF|GIT_ASKPASS|SSH_ASKPASS|RUSTC_WRAPPER|" +
    "RUSTC|CARGO_BUILD_RUSTC_WRAPPER|MAKEFLAGS|EDITOR|VISUAL|PAGER|GIT_PAGER|GIT_EDITOR|LESSOPEN)$",
);

/** Whether a variable's value is run or loaded by programs that have nothing to do with it. */
export const actsOnLoaders = (name: string): boolean => LOADERS.test(name);
