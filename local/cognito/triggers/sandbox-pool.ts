import type { InvocationTarget, Outcome } from './outcome.ts'
import { Sandbox, type SandboxOptions } from './sandbox.ts'

const MOST_SANDBOXES = 4

/** Reuses warm sandboxes, grows while all are busy, then queues; waiting does not count as time. */
export class SandboxPool implements InvocationTarget {
  #options: SandboxOptions
  #all = new Set<Sandbox>()
  #idle: Sandbox[] = []
  #waiting: ((sandbox: Sandbox) => void)[] = []

  constructor(options: SandboxOptions) {
    this.#options = options
  }

  async invoke(event: string): Promise<Outcome> {
    const sandbox = await this.#take()
    try {
      return await sandbox.invoke(event)
    } finally {
      this.#giveBack(sandbox)
    }
  }

  async close(): Promise<void> {
    this.#waiting = []
    await Promise.all([...this.#all].map((sandbox) => sandbox.close()))
  }

  async #take(): Promise<Sandbox> {
    while (this.#idle.length > 0) {
      const sandbox = this.#idle.pop()
      if (sandbox?.alive) return sandbox
      // Died between two events, by a stray timer for instance.
      if (sandbox) this.#all.delete(sandbox)
    }
    if (this.#all.size < MOST_SANDBOXES) return this.#start()
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  #giveBack(sandbox: Sandbox): void {
    if (!sandbox.alive) this.#all.delete(sandbox)
    const next = this.#waiting.shift()
    if (next) next(sandbox.alive ? sandbox : this.#start())
    else if (sandbox.alive) this.#idle.push(sandbox)
  }

  #start(): Sandbox {
    const sandbox = new Sandbox(this.#options)
    this.#all.add(sandbox)
    return sandbox
  }
}
