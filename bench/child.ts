import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What a process has used since it began, by its own accounting. */
export interface Usage {
  cpuMs: number
  residentMb: number
  heapMb: number
  peakMb: number
}

/** A process that is measured. */
export interface Child {
  process: ChildProcess
  usage(): Promise<Usage>
  stop(): Promise<void>
}

const PRELOADED = fileURLToPath(new URL('report-usage.mjs', import.meta.url))

export interface ChildOptions {
  file: string
  env?: Record<string, string>
  nodeOptions?: readonly string[]
  /** Where it says what is wrong. */
  output: string
}

/** Starts a file as a process of its own, with nothing of our environment but what it is given. */
export function startChild({ file, env = {}, nodeOptions = [], output }: ChildOptions): Child {
  const log = openSync(output, 'w')
  // What it logs goes into a pipe, as in a container; a file would have the disk's pauses in the latencies.
  const reader = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] })
  const child = fork(file, {
    env: { NODE_ENV: 'production', ...env },
    execArgv: [...nodeOptions, '--import', PRELOADED],
    stdio: ['ignore', reader.stdin, log, 'ipc'],
  })
  // The child has it now: the reader ends with it.
  reader.stdin.destroy()
  return {
    process: child,
    async usage() {
      child.send('usage')
      const [usage]: Usage[] = await once(child, 'message')
      if (usage === undefined) throw new Error('it did not say what it has used')
      return usage
    },
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

/** Waits until a URL answers 200. */
export async function untilReady(url: string, { process: child }: Child): Promise<void> {
  for (;;) {
    if (child.exitCode !== null)
      throw new Error(`it ended with ${child.exitCode} before it was ready`)
    try {
      const { status } = await fetch(url)
      if (status === 200) return
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
