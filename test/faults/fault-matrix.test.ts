import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Answer } from '../support/stack.ts'
import { faultsOf, LEAK, type UpstreamFault, type UpstreamName } from './faults.ts'
import { startWorld, type Operation, type World } from './operations.ts'
import { Table } from './table.ts'

const SECRET = 'tenant-secret-of-the-matrix'
const ENV = {
  ID_TOKEN_NONCE: 'optional',
}

/** What must be in no log line, and in no answer that tells of a failure. */
const FORBIDDEN = [
  LEAK,
  'ada.lovelace',
  'sk_live_51secret',
  'eyJhbGciOi',
  SECRET,
  Buffer.from(`${SECRET}:`).toString('base64'),
]

interface Documented {
  paths: Record<string, Record<string, { operationId: string; responses: Responses }>>
}
type Responses = Record<string, { content?: Record<string, { examples?: object }> }>

const { paths } = JSON.parse(await readFile('openapi/openapi.json', 'utf8')) as Documented

/** The operation in the API description. */
function documented({ method, path }: Operation) {
  const found = paths[path]?.[method.toLowerCase()]
  if (found === undefined) throw new Error(`${method} ${path} is not documented`)
  return found
}

/** Short where it is waited for, else longer than a busy machine needs for a sign-in. */
function deadlineOf({ code }: UpstreamFault): string {
  return code === 'upstream_timeout' ? '4000' : '20000'
}

const table = new Table()

t.test('every operation of the API description is in the matrix', async (t) => {
  const { operations } = await startWorld(t, { env: ENV })
  const inMatrix = operations.map((operation) => documented(operation).operationId).toSorted()
  const all = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  t.strictSame(inMatrix, all.toSorted())
})

for (const upstream of ['cognito', 'authsignal'] as const) {
  for (const given of faultsOf(upstream)) {
    t.test(`${upstream}: ${given.name}`, async (t) => {
      const triggerLog: string[] = []
      const world = await startWorld(t, {
        env: { ...ENV, UPSTREAM_TIMEOUT_MS: deadlineOf(given) },
        secret: SECRET,
        host: '127.0.0.1',
        onLog: (line) => triggerLog.push(line),
      })
      await row(t, world, { upstream, given })
      const log = [...world.stack.log, ...triggerLog].join('\n')
      for (const text of FORBIDDEN)
        t.notOk(log.includes(text), `no "${text.slice(0, 9)}" in the log`)
      t.notMatch(log, 'internal error')
    })
  }
}

t.test('the table', async (t) => {
  await table.write('fault-matrix.md')
  t.comment(table.asMarkdown())
  t.ok(table.counts().size > 0, 'artifacts/fault-matrix.md')
})

interface Given {
  upstream: UpstreamName
  given: UpstreamFault
}

/** Fewer than open a breaker. */
const AT_ONCE = 5

/** Operations under one fault, and once more without it. */
async function row(t: Test, world: World, fault: Given): Promise<void> {
  // One by one, so that none profits from another, but for those that take a deadline each.
  const size = fault.given.code === 'upstream_timeout' ? AT_ONCE : 1
  for (let index = 0; index < world.operations.length; index += size) {
    const operations = world.operations.slice(index, index + size)
    const answers = await underFault(world, fault, operations)
    await untilIdle(world)
    for (const [operation, answer] of answers) await cell(t, fault, operation, answer)
  }
}

async function underFault(
  { stack }: World,
  { upstream, given: { fault } }: Given,
  operations: readonly Operation[],
): Promise<[Operation, Answer][]> {
  const requests: [Operation, () => Promise<Answer>][] = []
  for (const operation of operations) requests.push([operation, await operation.prepare()])
  const server = stack[upstream]
  const listen = fault === undefined ? await server.refuse() : undefined
  if (fault !== undefined) server.faults.add({ operation: '*', fault })
  const answers = await Promise.all(
    requests.map(async ([operation, send]): Promise<[Operation, Answer]> => [
      operation,
      await send(),
    ]),
  )
  server.faults.clear()
  await listen?.()
  return answers
}

async function cell(
  t: Test,
  { upstream, given }: Given,
  operation: Operation,
  answer: Answer,
): Promise<void> {
  const { operationId } = documented(operation)
  const name = `${operationId}, ${upstream} ${given.name}`
  const isAsked = operation.asks.includes(upstream)
  const isTaken = given.hasGoodStatus === true && operation.endsWithDelete === true
  const seen = answer.status < 300 ? 'ok' : String(answer.body?.code)
  t.equal(seen, isAsked && !(isTaken && upstream === 'authsignal') ? given.code : 'ok', name)
  expectDocumented(t, operation, answer, name)
  const again = await (await operation.prepare())()
  t.ok(again.status < 300, `${name}: healthy afterwards (${again.status} ${again.body?.code})`)
  const text = isAsked ? `${answer.status}` : `${answer.status} (not asked)`
  table.set(`${upstream}: ${given.name}`, operationId, text)
}

function expectDocumented(t: Test, operation: Operation, answer: Answer, name: string): void {
  const response = documented(operation).responses[answer.status]
  t.ok(response, `${name}: ${answer.status} is documented`)
  if (answer.status < 300) return
  const examples = response?.content?.['application/problem+json']?.examples ?? {}
  t.ok(Object.hasOwn(examples, answer.body.code), `${name}: ${answer.body.code} is documented`)
  t.equal('retryAfter' in answer.body, answer.status === 503, `${name}: retryAfter`)
  t.equal(answer.headers.get('retry-after') !== null, answer.status === 503)
  const { retry: _retry, ...shown } = answer.body
  const text = JSON.stringify(shown) + JSON.stringify([...answer.headers])
  for (const word of FORBIDDEN) t.notOk(text.includes(word), `${name}: nothing leaks`)
}

/** Calls that nobody waits for any more have ended, too. */
async function untilIdle({ stack }: World): Promise<void> {
  while (stack.service.upstreams.readings().some(({ running }) => running > 0)) await sleep(5)
}
