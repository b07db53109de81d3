/** Variables that ask programs to go by way of a proxy: curl(1) and what follows it, npm, pip and Cargo. */
export const PROXY_VARIABLES: readonly string[] = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "npm_config_proxy",
  "npm_config_https_proxy",
  "PIP_PROXY",
  "CARGO_HTTP_PROXY",
];
