import { mkdir, writeFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { WITHOUT_LIMITS } from '../support/config.ts'
import { signedRankP } from '../support/signed-rank.ts'
import { startStack, type Stack } from '../support/stack.ts'

/** Of each kind against known users. */
const PAIRS = 1_000
/** Pairs under way at the same time: most of it is waiting for the floor, where there is one. */
const STREAMS = { floor: 8, noFloor: 1 }
/** Far above what the work takes here, as the real one has to be. */
const FLOOR_MS = 300
/** Where nothing tells the sides apart, one in a thousand comparisons comes below, and hardly any twice. */
const SIGNIFICANCE = 0.001
/** What shows without a floor is no coincidence. */
const PLAIN_TO_SEE = 1e-6

const KINDS = ['new', 'disabled', 'blocked', 'nobody'] as const
type Kind = 'known' | (typeof KINDS)[number]

const attributes = { email: 'someone@example.com', email_verified: 'true' }

async function people(t: Test, floorMs: number): Promise<Stack> {
  const stack = await startStack(t, {
    pool: { usernames: 'plain' },
    env: { START_SIGN_IN_FLOOR_MS: String(floorMs), ...WITHOUT_LIMITS },
  })
  const { users } = stack.cognito
  users.put({ username: 'known', attributes })
  users.put({ username: 'disabled', attributes, enabled: false })
  const { sub } = users.put({ username: 'blocked', attributes }).attributes
  stack.authsignal.rules.add({ userId: sub!, outcome: 'BLOCK' })
  // Warm: the first calls of a process take longer whoever they are about.
  for (let i = 0; i < 40; i += 1) {
    await Promise.all([...KINDS, 'known' as const].map((kind) => timed(stack, kind)))
  }
  return stack
}

let count = 0

/** How long a start takes, in milliseconds. */
async function timed(stack: Stack, kind: Kind): Promise<number> {
  const identifier =
    kind === 'new' ? { email: `new-${(count += 1)}@example.com` } : { username: kind }
  const startedAt = performance.now()
  const { status } = await stack.start(identifier)
  const took = performance.now() - startedAt
  if (status !== 200) throw new Error(`${kind} was answered ${status}`)
  return took
}

/** Pairs of a known user and one of the kind, in random order. */
async function measure(stack: Stack, kind: Kind, streams: number): Promise<number[]> {
  const differences: number[] = []
  let left = PAIRS
  const stream = async () => {
    while (left > 0) {
      left -= 1
      const knownFirst = Math.random() < 0.5
      const first = await timed(stack, knownFirst ? 'known' : kind)
      const second = await timed(stack, knownFirst ? kind : 'known')
      differences.push(knownFirst ? second - first : first - second)
    }
  }
  await Promise.all(Array.from({ length: streams }, stream))
  return differences
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

const table = [
  '| against known users | floor | pairs | median difference | p |',
  '|---|---|---|---|---|',
]

function note(kind: Kind, floorMs: number, differences: number[]): number {
  const p = signedRankP(differences)
  table.push(
    `| ${kind} | ${floorMs} ms | ${differences.length} | ${median(differences).toFixed(3)} ms | ${p.toPrecision(2)} |`,
  )
  return p
}

t.test('time does not tell who is a user', { timeout: 900_000 }, async (t) => {
  const stack = await people(t, FLOOR_MS)
  for (const kind of KINDS) {
    const compare = async () => note(kind, FLOOR_MS, await measure(stack, kind, STREAMS.floor))
    const first = await compare()
    const p = first > SIGNIFICANCE ? first : await compare()
    t.ok(p > SIGNIFICANCE, `${kind}: p = ${p.toPrecision(3)}`)
  }
})

t.test('without the floor it would', { timeout: 900_000 }, async (t) => {
  const stack = await people(t, 0)
  for (const kind of KINDS) {
    const p = note(kind, 0, await measure(stack, kind, STREAMS.noFloor))
    // Those for which Cognito is asked more, or less, than for a known user.
    if (kind === 'new' || kind === 'disabled') {
      t.ok(p < PLAIN_TO_SEE, `${kind}: p = ${p.toPrecision(3)}`)
    }
  }
})

t.after(async () => {
  await mkdir('artifacts', { recursive: true })
  await writeFile('artifacts/timing.md', `${table.join('\n')}\n`)
  t.comment(table.join('\n'))
})
