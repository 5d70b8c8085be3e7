import { randomUUID } from 'node:crypto'
import { resolve as resolvePath } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Outcome } from './outcome.ts'
import { SANDBOX_CODE } from './sandbox-code.ts'

export interface SandboxOptions {
  file: string
  env: () => Record<string, string>
  timeoutMs: number
  onLog: (line: string) => void
}

/** One warm execution environment: a thread that sees its own variables only, one event at a time. */
export class Sandbox {
  #worker: Worker
  #timeoutMs: number
  #settle: ((outcome: Outcome) => void) | undefined
  #alive = true

  constructor({ file, env, timeoutMs, onLog }: SandboxOptions) {
    this.#timeoutMs = timeoutMs
    this.#worker = new Worker(SANDBOX_CODE, {
      eval: true,
      env: env(),
      // Nothing of the parent's loaders or flags: Lambda runs the built file as it is.
      execArgv: [],
      workerData: { href: pathToFileURL(resolvePath(file)).href },
      stdout: true,
      stderr: true,
    })
    this.#worker.unref()
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      createInterface({ input: stream }).on('line', onLog)
    }
    this.#worker.on('message', (outcome: Outcome) => this.#settle?.(outcome))
    this.#worker.on('error', (error) => {
      onLog(`sandbox crashed: ${error instanceof Error ? error.stack : String(error)}`)
    })
    this.#worker.on('exit', (code) => {
      this.#alive = false
      this.#settle?.({ kind: 'crashed', reason: `exit code ${code}` })
    })
  }

  get alive(): boolean {
    return this.#alive
  }

  async invoke(event: string): Promise<Outcome> {
    const timeoutMs = this.#timeoutMs
    let timer: NodeJS.Timeout | undefined
    const outcome = await new Promise<Outcome>((resolve) => {
      this.#settle = resolve
      timer = setTimeout(() => resolve({ kind: 'timed-out' }), timeoutMs)
      const requestId = randomUUID()
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, no window
      this.#worker.postMessage({ event, requestId, deadline: Date.now() + timeoutMs })
    })
    clearTimeout(timer)
    this.#settle = undefined
    // What a late handler does is of no use to anybody, and it may be stuck in a loop.
    if (outcome.kind === 'timed-out') await this.close()
    return outcome
  }

  async close(): Promise<void> {
    this.#alive = false
    await this.#worker.terminate()
  }
}
