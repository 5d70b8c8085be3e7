import t, { type Test } from 'tap'
import { buildTestApp, ROUTES, STARTED } from '../support/build-app.ts'

const trustProxy = ['10.0.0.0/8', 'fd00::/8']
const [{ path, body }] = ROUTES

/** The address that a use case is told when `headers` come from `remoteAddress`. */
async function seen(
  t: Test,
  remoteAddress: string,
  headers: Record<string, string>,
  ranges: readonly string[] = trustProxy,
): Promise<string> {
  let ip = ''
  const { app } = await buildTestApp(t, {
    trustProxy: ranges,
    startSignIn: (input) => {
      ip = input.ipAddress ?? ''
      return Promise.resolve(STARTED)
    },
  })
  await app.inject({ method: 'POST', url: path, payload: body, headers, remoteAddress })
  return ip
}

t.test('a client that sends forwarding headers itself is not believed', async (t) => {
  const headers = {
    'x-forwarded-for': '198.51.100.1',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-real-ip': '198.51.100.1',
    forwarded: 'for=198.51.100.1',
  }
  t.equal(await seen(t, '203.0.113.9', headers), '203.0.113.9')
  t.equal(await seen(t, '203.0.113.9', headers, []), '203.0.113.9')
  t.equal(await seen(t, '10.0.0.1', headers, []), '10.0.0.1', 'nor a proxy that is not on the list')
})

t.test('the address is the first, seen from us, that no proxy of ours has', async (t) => {
  for (const [chain, address] of [
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9, 10.9.9.9', '203.0.113.9'],
    ['10.3.3.3, 203.0.113.9, 10.9.9.9, 10.8.8.8', '203.0.113.9'],
    ['2001:db8::7, fd00::1', '2001:db8::7'],
  ] as const) {
    t.equal(await seen(t, '10.0.0.1', { 'x-forwarded-for': chain }), address, chain)
  }
})

t.test('garbage from a proxy is never passed on as an address', async (t) => {
  for (const chain of ['ada@example.com', '203.0.113.9, <script>', 'unknown', '999.1.1.1:80', '']) {
    t.equal(await seen(t, '10.0.0.1', { 'x-forwarded-for': chain }), '10.0.0.1', chain)
  }
})

t.test('an address that a load balancer wrote with its port is understood', async (t) => {
  for (const [given, address] of [
    ['203.0.113.9:51234', '203.0.113.9'],
    ['[2001:db8::7]:51234', '2001:db8::7'],
  ] as const) {
    t.equal(await seen(t, '10.0.0.1', { 'x-forwarded-for': given }), address)
  }
})
