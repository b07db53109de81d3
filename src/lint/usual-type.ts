import type { Stat } from "../model/host.ts";

const SOCKET =
  /\.sock(et)?$|\/S\.[\w.-]+$|\/(bus|pipewire-\d|wayland-\d|system_bus_socket|native|libvirt-sock)$|\/(keyring|gcr)\/ssh$|\/systemd\/private$|\/socket$/;
/** Directories of nodes. */
const NODES = /^\/dev\/(dri|shm|pts|input|net|bus(\/usb)?|snd|mapper|vfio|block|char|disk)$/;
/** Names with an ending, but for what is a directory by custom (`conf.d`) or a version (`python3.11`). */
const ENDING = /[^/]\.(?!d$|git$|\d+$)[A-Za-z0-9]{1,10}$/;
/** Files without an ending, or that begin with a dot and have none. */
const NAMES =
  /\/(\.([a-z]+rc|profile|bash_[a-z]+|zsh[a-z]*|zprofile|zlogin|zlogout|zhistory|histfile|lesshst|viminfo|authinfo|gitconfig|git-credentials|vault-token|Xauthority|env|[a-z_]+_history|editorconfig|dockerignore|gitignore)|credentials|fish_history|Makefile|Dockerfile|Jenkinsfile|passwd|group|shadow|gshadow|sudoers|hosts|hostname|crontab|fstab|opasswd|machine-id|localtime|timezone|os-release|services|protocols|known_hosts|id_[a-z0-9]+|LICENSE|README|ssh_host_[a-z0-9]+_key|ssh_config)$/;
const PROGRAM = /^\/(usr\/)?(local\/)?s?bin\/[^/]+$/;

/** What a path of this name is on most machines. */
export function usualType(path: string): Stat["type"] {
  if (NODES.test(path)) return "directory";
  if (path.startsWith("/dev/") && !path.startsWith("/dev/shm/") && path !== "/dev/log") return "character";
  if (SOCKET.test(path)) return "socket";
  return ENDING.test(path) || NAMES.test(path) || PROGRAM.test(path) ? "file" : "directory";
}
