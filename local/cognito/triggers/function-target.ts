import type { InvocationTarget, Outcome } from './outcome.ts'

/** A plain function in this process: timed and serialised like the real thing, but not isolated. */
export function functionTarget(
  handler: (event: unknown) => unknown,
  timeoutMs: number,
): InvocationTarget {
  return {
    async invoke(event) {
      let timer: NodeJS.Timeout | undefined
      const limit = new Promise<Outcome>((resolve) => {
        timer = setTimeout(() => resolve({ kind: 'timed-out' }), timeoutMs)
      })
      try {
        return await Promise.race([run(handler, event), limit])
      } finally {
        clearTimeout(timer)
      }
    },
    close: async () => {},
  }
}

async function run(handler: (event: unknown) => unknown, event: string): Promise<Outcome> {
  try {
    const result = await handler(JSON.parse(event))
    return { kind: 'answered', output: JSON.stringify(result ?? null) ?? 'null' }
  } catch (error) {
    return { kind: 'threw', message: error instanceof Error ? error.message : String(error) }
  }
}
