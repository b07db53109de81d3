/** Who says that something is dangerous. */
export interface Evidence {
  readonly text: string;
  readonly url?: string;
}

/** An issue or pull request on GitHub. */
export const issue = (repository: string, number: number): Evidence => ({
  text: `${repository}#${number}`,
  url: `https://github.com/${repository}/issues/${number}`,
});

export const cve = (id: string): Evidence => ({ text: id, url: `https://nvd.nist.gov/vuln/detail/${id}` });

/** A security advisory of GitHub's. */
export const advisory = (id: string): Evidence => ({ text: id, url: `https://github.com/advisories/${id}` });

/** A page of Linux's manual, as in `capabilities(7)`. */
export const manual = (page: string): Evidence => {
  const [, name, section] = /^(.+)\((\d)\)$/.exec(page) ?? [];
  return { text: page, url: `https://man7.org/linux/man-pages/man${section}/${name}.${section}.html` };
};

export const bubblewrapManual: Evidence = {
  text: "bwrap(1)",
  url: "https://manpages.debian.org/bookworm/bubblewrap/bwrap.1.en.html",
};

/** What the project that keeps bubblewrap says of itself. */
export const bubblewrapReadme: Evidence = {
  text: "bubblewrap's README",
  url: "https://github.com/containers/bubblewrap#readme",
};

/** The ids of Flatpak's linter for manifests. */
export const flatpakLint = (id: string): Evidence => ({
  text: `flatpak-builder-lint ${id}`,
  url: "https://docs.flathub.org/docs/for-app-authors/linter",
});

/** What other sandboxes do about it. */
export const peer = {
  sandboxRuntime: (what: string): Evidence => ({
    text: `sandbox-runtime: ${what}`,
    url: "https://github.com/anthropic-experimental/sandbox-runtime",
  }),
  aiJail: (what: string): Evidence => ({ text: `ai-jail: ${what}`, url: "https://github.com/akitaonrails/ai-jail" }),
  nono: (what: string): Evidence => ({ text: `nono: ${what}`, url: "https://github.com/always-further/nono" }),
  pmg: (what: string): Evidence => ({ text: `pmg: ${what}`, url: "https://github.com/safedep/pmg" }),
  fence: (what: string): Evidence => ({ text: `fence: ${what}`, url: "https://github.com/fencesandbox/fence" }),
} as const;

/** Tried on bubblewrap 0.8 and a kernel 6.18 for this rule. */
export const measured = (what: string): Evidence => ({ text: `measured: ${what}` });
