import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

export const IMAGE = 'localhost/bff'
const READY_WITHIN_MS = 20_000
const run = promisify(execFile)

/** What the image says about itself. */
export interface ImageConfig {
  User: string
  WorkingDir: string
  Env: string[]
  Cmd: string[]
  ExposedPorts: Record<string, object>
  Labels: Record<string, string>
  /** Only in the docker format: `buildah bud --format docker`. */
  Healthcheck?: { Test: string[] }
}

/** A file system made from the image, which does not run yet. */
export interface Container {
  name: string
  config: ImageConfig
  /** Where its files are on this machine. */
  root: string
  remove(): Promise<void>
}

/** A command that runs in a container. */
export interface Running {
  /** Both outputs so far. */
  output(): string
  /** Its process number on this machine: buildah passes on the signals it gets only as SIGKILL. */
  pid(): Promise<number>
  /** Its exit code; null when a signal ended it. */
  exited: Promise<number | null>
  kill(): Promise<void>
}

/** Why there is nothing to test; undefined when there is. */
export async function missingImage(): Promise<string | undefined> {
  try {
    await run('buildah', ['inspect', '--type', 'image', IMAGE])
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT'
      ? 'buildah is not installed'
      : `there is no image ${IMAGE}: buildah bud --isolation chroot --format docker -t bff .`
  }
}

export async function createContainer(): Promise<Container> {
  const name = await buildah('from', '--pull-never', IMAGE)
  const inspected: { OCIv1: { config: ImageConfig }; Docker: { config: ImageConfig } } = JSON.parse(
    await buildah('inspect', name),
  )
  const { Healthcheck } = inspected.Docker.config
  return {
    name,
    config: { ...inspected.OCIv1.config, ...(Healthcheck ? { Healthcheck } : {}) },
    root: await buildah('mount', name),
    async remove() {
      await buildah('umount', name)
      await buildah('rm', name)
    },
  }
}

/** Runs a command, the image's own by default, as the image's user. */
export function runAsItsUser(
  { name, config }: Container,
  env: Record<string, string>,
  command: readonly string[] = config.Cmd,
): Running {
  const variables = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`])
  const isolated = ['run', '--isolation', 'chroot', ...variables, name, '--', ...command]
  return running(spawn('buildah', isolated, { stdio: ['ignore', 'pipe', 'pipe'] }))
}

/** As OpenShift does: a number that the image has never heard of, in root's group. */
const ANY_USER = 51_234

/**
 * Read-only root without /tmp, no capabilities, process 1: as strict orchestrators run it. What it reads
 * about its memory says that there is so much; nothing ends it when it takes more.
 */
const LOCKED_DOWN = `set -e
mount --bind "$1" "$1"
mount -o remount,bind,ro "$1"
mount -t proc proc "$1/proc"
mount -t tmpfs -o mode=755 tmpfs "$1/sys"
mkdir -p "$1/sys/fs/cgroup"
echo "$3" >"$1/sys/fs/cgroup/memory.max"
echo max >"$1/sys/fs/cgroup/memory.high"
echo 0::/ >"$1/sys/cgroup"
mount --bind "$1/sys/cgroup" "$1/proc/1/cgroup"
mount -o remount,ro "$1/sys"
root=$1 user=$2
shift 3
exec chroot "$root" setpriv --reuid "$user" --regid 0 --clear-groups \\
  --no-new-privs --bounding-set=-all --inh-caps=-all -- env -i "$@"`

/** Runs a command, the image's own by default, with all that can be taken away from it taken away. */
export function runLockedDown(
  { root, config }: Container,
  env: Record<string, string>,
  command: readonly string[] = config.Cmd,
  memoryMb = 128,
): Running {
  const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`)
  // Container runtimes give a user without an entry in passwd this home.
  const given = ['HOME=/', ...config.Env, ...variables]
  const inside = [`--chdir=${config.WorkingDir}`, ...given, ...command]
  const isolated = ['--mount', '--pid', '--fork', '--kill-child', '--', 'sh', '-c', LOCKED_DOWN]
  const args = [...isolated, 'sh', root, String(ANY_USER), String(memoryMb * 2 ** 20), ...inside]
  return running(spawn('unshare', args, { stdio: ['ignore', 'pipe', 'pipe'] }))
}

function running(child: ChildProcess): Running {
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text))
  const exited = once(child, 'close').then(() => child.exitCode)
  const pid = () => nodeUnder(child.pid ?? 0)
  return {
    output: () => output,
    pid,
    exited,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const node = await pid().catch(() => undefined)
      process.kill(node ?? child.pid ?? 0, 'SIGKILL')
      await exited
    },
  }
}

/** Waits until a health address answers 200. */
export async function untilOk(url: string, service: Running): Promise<void> {
  const giveUpAt = Date.now() + READY_WITHIN_MS
  while (Date.now() < giveUpAt) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await sleep(50)
  }
  throw new Error(`no 200 from ${url}; the service says:\n${service.output()}`)
}

async function buildah(...args: string[]): Promise<string> {
  const { stdout } = await run('buildah', args)
  return stdout.trim()
}

/** The first process below `ancestor` that runs node. */
async function nodeUnder(ancestor: number): Promise<number> {
  const parents = await parentOfEach()
  const below = (pid: number | undefined): boolean =>
    pid !== undefined && (parents.get(pid) === ancestor || below(parents.get(pid)))
  for (const pid of [...parents.keys()].filter(below)) {
    const program = await readlink(`/proc/${pid}/exe`).catch(() => '')
    if (program.endsWith('/bin/node')) return pid
  }
  throw new Error('node does not run')
}

async function parentOfEach(): Promise<Map<number, number>> {
  const parents = new Map<number, number>()
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const status = await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '')
    const parent = /^PPid:\s*(\d+)$/m.exec(status)?.[1]
    if (parent !== undefined) parents.set(Number(entry), Number(parent))
  }
  return parents
}
