import type { Rule } from "../rule.ts";
import { rule as argvControlChars } from "./argv/control-chars.ts";
import { rule as argvRawFlags } from "./argv/raw-flags.ts";
import { rule as argvTooMany } from "./argv/too-many.ts";
import { rule as bwrapSetuid } from "./bwrap/setuid.ts";
import { rule as capAny } from "./cap/any.ts";
import { rule as credBrowser } from "./cred/browser.ts";
import { rule as credCloud } from "./cred/cloud.ts";
import { rule as credHistory } from "./cred/history.ts";
import { rule as credMaskAbsent } from "./cred/mask-absent.ts";
import { rule as credRegistry } from "./cred/registry.ts";
import { rule as credSshGpg } from "./cred/ssh-gpg.ts";
import { rule as devBindNotDev } from "./dev/bind-not-dev.ts";
import { rule as devFull } from "./dev/full.ts";
import { rule as devInputUinput } from "./dev/input-uinput.ts";
import { rule as devKvmFuseTun } from "./dev/kvm-fuse-tun.ts";
import { rule as devRootBindNodev } from "./dev/root-bind-nodev.ts";
import { rule as devShmHost } from "./dev/shm-host.ts";
import { rule as devTtyBind } from "./dev/tty-bind.ts";
import { rule as dnsDangling } from "./dns/dangling.ts";
import { rule as envInheritAll } from "./env/inherit-all.ts";
import { rule as envLiteralSecret } from "./env/literal-secret.ts";
import { rule as envLoader } from "./env/loader.ts";
import { rule as envPathWritable } from "./env/path-writable.ts";
import { rule as envSecret } from "./env/secret.ts";
import { rule as etcWritable } from "./etc/writable.ts";
import { rule as execAutostart } from "./exec/autostart.ts";
import { rule as execCiConfig } from "./exec/ci-config.ts";
import { rule as execEditor } from "./exec/editor.ts";
import { rule as execGitHooks } from "./exec/git-hooks.ts";
import { rule as execGitWorktree } from "./exec/git-worktree.ts";
import { rule as execHostBin } from "./exec/host-bin.ts";
import { rule as execShellRc } from "./exec/shell-rc.ts";
import { rule as homeRo } from "./home/ro.ts";
import { rule as homeRw } from "./home/rw.ts";
import { rule as hostEtcShadow } from "./host/etc-shadow.ts";
import { rule as hostRootRw } from "./host/root-rw.ts";
import { rule as lifeInheritFds } from "./life/inherit-fds.ts";
import { rule as lifeNoDie } from "./life/no-die.ts";
import { rule as lifeNoLimits } from "./life/no-limits.ts";
import { rule as lintExpiredIgnore } from "./lint/expired-ignore.ts";
import { rule as lintUnknownRule } from "./lint/unknown-rule.ts";
import { rule as lintUnusedIgnore } from "./lint/unused-ignore.ts";
import { rule as netHost } from "./net/host.ts";
import { rule as netProxyEnvOnly } from "./net/proxy-env-only.ts";
import { rule as nsIpcMissing } from "./ns/ipc-missing.ts";
import { rule as nsNestedUserns } from "./ns/nested-userns.ts";
import { rule as nsPidMissing } from "./ns/pid-missing.ts";
import { rule as nsRootInside } from "./ns/root-inside.ts";
import { rule as nsUserTry } from "./ns/user-try.ts";
import { rule as orderDuplicate } from "./order/duplicate.ts";
import { rule as orderMaskUndone } from "./order/mask-undone.ts";
import { rule as orderRoParentMissing } from "./order/ro-parent-missing.ts";
import { rule as orderShadowed } from "./order/shadowed.ts";
import { rule as orderTmpfsOverBind } from "./order/tmpfs-over-bind.ts";
import { rule as orderTypeClash } from "./order/type-clash.ts";
import { rule as overlayOverlap } from "./overlay/overlap.ts";
import { rule as pathCaseOrMount } from "./path/case-or-mount.ts";
import { rule as pathGlobLate } from "./path/glob-late.ts";
import { rule as pathHardlink } from "./path/hardlink.ts";
import { rule as pathMissingSource } from "./path/missing-source.ts";
import { rule as pathRelativeDotdot } from "./path/relative-dotdot.ts";
import { rule as pathSubmount } from "./path/submount.ts";
import { rule as pathSymlinkDest } from "./path/symlink-dest.ts";
import { rule as pathSymlinkEscape } from "./path/symlink-escape.ts";
import { rule as pathSymlinkLoop } from "./path/symlink-loop.ts";
import { rule as portHostSpecific } from "./port/host-specific.ts";
import { rule as procHost } from "./proc/host.ts";
import { rule as procPaths } from "./proc/paths.ts";
import { rule as protectAbsent } from "./protect/absent.ts";
import { rule as protectLockfile } from "./protect/lockfile.ts";
import { rule as selfBinary } from "./self/binary.ts";
import { rule as selfExtendsOutside } from "./self/extends-outside.ts";
import { rule as selfUntrustedWidening } from "./self/untrusted-widening.ts";
import { rule as sockCupsAvahiEtc } from "./sock/cups-avahi-etc.ts";
import { rule as sockDbusSession } from "./sock/dbus-session.ts";
import { rule as sockDbusSystem } from "./sock/dbus-system.ts";
import { rule as sockDocker } from "./sock/docker.ts";
import { rule as sockGpgAgent } from "./sock/gpg-agent.ts";
import { rule as sockRuntimeDir } from "./sock/runtime-dir.ts";
import { rule as sockSshAgent } from "./sock/ssh-agent.ts";
import { rule as sockSystemdUser } from "./sock/systemd-user.ts";
import { rule as sockWaylandRaw } from "./sock/wayland-raw.ts";
import { rule as sockX11 } from "./sock/x11.ts";
import { rule as sockX11Abstract } from "./sock/x11-abstract.ts";
import { rule as sshOwner } from "./ssh/owner.ts";
import { rule as sysRw } from "./sys/rw.ts";
import { rule as sysTooWide } from "./sys/too-wide.ts";
import { rule as tmpfsMode } from "./tmpfs/mode.ts";
import { rule as tmpfsSize } from "./tmpfs/size.ts";
import { rule as ttyInjection } from "./tty/injection.ts";

/** Every rule; a rule is its file and its row here. */
export const RULES: readonly Rule[] = [
  argvControlChars,
  argvRawFlags,
  argvTooMany,
  bwrapSetuid,
  capAny,
  credBrowser,
  credCloud,
  credHistory,
  credMaskAbsent,
  credRegistry,
  credSshGpg,
  devBindNotDev,
  devFull,
  devInputUinput,
  devKvmFuseTun,
  devRootBindNodev,
  devShmHost,
  devTtyBind,
  dnsDangling,
  envInheritAll,
  envLiteralSecret,
  envLoader,
  envPathWritable,
  envSecret,
  etcWritable,
  execAutostart,
  execCiConfig,
  execEditor,
  execGitHooks,
  execGitWorktree,
  execHostBin,
  execShellRc,
  homeRo,
  homeRw,
  hostEtcShadow,
  hostRootRw,
  lifeInheritFds,
  lifeNoDie,
  lifeNoLimits,
  lintExpiredIgnore,
  lintUnknownRule,
  lintUnusedIgnore,
  netHost,
  netProxyEnvOnly,
  nsIpcMissing,
  nsNestedUserns,
  nsPidMissing,
  nsRootInside,
  nsUserTry,
  orderDuplicate,
  orderMaskUndone,
  orderRoParentMissing,
  orderShadowed,
  orderTmpfsOverBind,
  orderTypeClash,
  overlayOverlap,
  pathCaseOrMount,
  pathGlobLate,
  pathHardlink,
  pathMissingSource,
  pathRelativeDotdot,
  pathSubmount,
  pathSymlinkDest,
  pathSymlinkEscape,
  pathSymlinkLoop,
  portHostSpecific,
  procHost,
  procPaths,
  protectAbsent,
  protectLockfile,
  selfBinary,
  selfExtendsOutside,
  selfUntrustedWidening,
  sockCupsAvahiEtc,
  sockDbusSession,
  sockDbusSystem,
  sockDocker,
  sockGpgAgent,
  sockRuntimeDir,
  sockSshAgent,
  sockSystemdUser,
  sockWaylandRaw,
  sockX11Abstract,
  sockX11,
  sshOwner,
  sysRw,
  sysTooWide,
  tmpfsMode,
  tmpfsSize,
  ttyInjection,
];
