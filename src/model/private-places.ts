/**
 * Places of the host where sockets, FIFOs and other programs' files lie, with the mode that they have where they are made
 * anew: under `root: host` they are empty unless an entry grants them.
 */
export const PRIVATE_PLACES: Readonly<Record<string, string>> = {
  "/run": "0755",
  "/tmp": "1777",
  "/var/tmp": "1777",
  "/dev/shm": "1777",
};
