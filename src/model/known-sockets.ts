import type { Host } from "./host.ts";
import { below, normalise } from "./path.ts";

/** Servers by the sockets that they listen on. */
export interface KnownSockets {
  /** Container engines and machine managers: whoever talks to them is root, or has a shell of root's. */
  readonly engines: readonly string[];
  readonly sshAgent: readonly string[];
  readonly gpgAgent: readonly string[];
  readonly x11: readonly string[];
  readonly sessionBus: readonly string[];
  readonly systemBus: readonly string[];
  /** The service managers' own sockets. */
  readonly systemd: readonly string[];
  readonly wayland: readonly string[];
  /** Sound, printing, name resolution: less than the others, and not nothing. */
  readonly others: readonly string[];
}

/** The cookies that open an X server (Xsecurity(7)). */
export const xCookies = ({ home, env }: Pick<Host, "home" | "env">): readonly string[] => [
  below(home, ".Xauthority"),
  ...(env.XAUTHORITY?.startsWith("/") ? [normalise(env.XAUTHORITY)] : []),
];

/** The user's runtime directory (pam_systemd(8)). */
export const runtimeDirectory = ({ uid, env }: Pick<Host, "uid" | "env">): string => {
  const given = env.XDG_RUNTIME_DIR;
  return given?.startsWith("/") ? normalise(given) : `/run/user/${uid}`;
};

/** Where well-known servers listen, for this user and by what the environment says. */
export function knownSockets(host: Pick<Host, "uid" | "env" | "home">): KnownSockets {
  const { env, home } = host;
  const runtime = (name: string) => below(runtimeDirectory(host), name);
  const named = (value: string | undefined) => (value?.startsWith("/") ? [normalise(value)] : []);
  const bus = /(?:^|;)unix:path=([^,;]+)/.exec(env.DBUS_SESSION_BUS_ADDRESS ?? "")?.[1];
  const display = env.WAYLAND_DISPLAY;
  return {
    engines: [
      "/run/docker.sock",
      "/run/podman/podman.sock",
      "/run/containerd/containerd.sock",
      "/run/crio/crio.sock",
      "/run/buildkit/buildkitd.sock",
      "/run/libvirt/libvirt-sock",
      "/run/libvirt/virtqemud-sock",
      "/run/lxd.socket",
      "/var/lib/lxd/unix.socket",
      "/var/snap/lxd/common/lxd/unix.socket",
      "/run/incus/unix.socket",
      "/var/lib/incus/unix.socket",
      "/run/libvirt/virtlxcd-sock",
      "/run/cri-dockerd.sock",
      "/run/docker/containerd/containerd.sock",
      "/run/balena-engine.sock",
      "/run/k3s/containerd/containerd.sock",
      "/run/snapd.socket",
      runtime("docker.sock"),
      ...named(env.DOCKER_HOST?.replace(/^unix:\/\//, "")),
      below(home, ".docker/run/docker.sock"),
      below(home, ".docker/desktop/docker.sock"),
      below(home, ".colima/default/docker.sock"),
      below(home, ".rd/docker.sock"),
      below(home, ".orbstack/run/docker.sock"),
      runtime("podman/podman.sock"),
      runtime("libvirt/libvirt-sock"),
      runtime("buildkit/buildkitd.sock"),
    ],
    sshAgent: [
      ...named(env.SSH_AUTH_SOCK),
      runtime("keyring/ssh"),
      runtime("gcr/ssh"),
      runtime("ssh-agent.socket"),
      runtime("openssh_agent"),
      runtime("gnupg/S.gpg-agent.ssh"),
      // As ssh-agent(1) writes it: the letters are drawn by lot.
      "/tmp/ssh-XXXXXXXXXX",
      below(home, ".1password/agent.sock"),
    ],
    gpgAgent: [runtime("gnupg/S.gpg-agent"), runtime("gnupg/S.keyboxd")],
    x11: ["/tmp/.X11-unix"],
    sessionBus: [runtime("bus"), ...named(bus)],
    systemBus: ["/run/dbus/system_bus_socket"],
    systemd: [runtime("systemd"), "/run/systemd/private"],
    wayland: [
      runtime("wayland-0"),
      runtime("wayland-1"),
      ...(display ? named(display.startsWith("/") ? display : runtime(display)) : []),
    ],
    others: [
      runtime("pipewire-0"),
      runtime("pulse/native"),
      "/run/cups/cups.sock",
      "/run/avahi-daemon/socket",
      "/run/nscd/socket",
    ],
  };
}
