import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { sharedState, type SharedState } from '../../src/shared-state/shared-state.ts'
import { SESSION_KEY } from '../shared-state/support.ts'
import type { RedisServer } from './redis-server.ts'

/** What one instance of the service knows together with the others. */
export interface Instance extends SharedState {
  log: string[]
}

/** An instance that is connected already, so that a test does not begin without Redis. */
export async function instance(
  t: Test,
  { url }: Pick<RedisServer, 'url'>,
  options: { sessionKeys?: readonly Buffer[]; audience?: string; timeoutMs?: number } = {},
): Promise<Instance> {
  const log: string[] = []
  const state = sharedState({
    redisUrl: url,
    digestKey: Buffer.alloc(32, 5),
    sessionKeys: options.sessionKeys ?? [SESSION_KEY],
    audience: options.audience ?? 'pool|client',
    upstreamTimeoutMs: options.timeoutMs ?? 15_000,
  })
  const note = (_fields: object, message: string) => void log.push(message)
  state.open({ info: note, warn: note })
  t.teardown(() => state.close())
  await untilConnected(state)
  return { ...state, log }
}

/** The ledger is the one that says whether Redis is there. */
export async function untilConnected({ ledger }: SharedState): Promise<void> {
  while (!(await isConnected(ledger))) await sleep(10)
}

function isConnected(ledger: SharedState['ledger']): Promise<boolean> {
  return ledger.claim(`probe ${Math.random()}`).then(
    () => true,
    () => false,
  )
}

export async function untilAway({ ledger }: SharedState): Promise<void> {
  while (await isConnected(ledger)) await sleep(10)
}
