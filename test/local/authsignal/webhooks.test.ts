import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { startForTest } from './support.ts'

const email = 'ada@example.com'

interface Received {
  body: string
  signature: string
}

async function receiver(t: Test, answer: { status: number }) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      received.push({ body, signature: String(request.headers['x-signature-v2']) })
      response.writeHead(answer.status).end()
    })
  }).listen(0, 'localhost')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  return { received, webhookUrl: `http://localhost:${port}/events` }
}

async function trackedWith(t: Test, webhookUrl: string) {
  const { server, client, local, code } = await startForTest(t, { webhookUrl })
  const { token, idempotencyKey } = await server.track({
    userId: 'user-1',
    action: 'cognitoAuth',
    attributes: { email, locale: 'en-NZ' },
  })
  return { server, client, local, code, token, idempotencyKey }
}

t.test('hands a message over, signed so that the real SDK believes it', async (t) => {
  const { received, webhookUrl } = await receiver(t, { status: 204 })
  const { server, client, code, token, idempotencyKey } = await trackedWith(t, webhookUrl)
  t.equal((await client(token, '/challenge/email-otp')).status, 200)
  const [{ body, signature } = { body: '', signature: '' }] = received
  t.match(server.webhook.constructEvent(body, signature), {
    type: 'email.created',
    data: {
      to: email,
      code: code(email),
      userId: 'user-1',
      actionCode: 'cognitoAuth',
      idempotencyKey,
      locale: 'en-NZ',
    },
  })
  t.throws(() => server.webhook.constructEvent(`${body} `, signature))
})

t.test('a receiver that refuses fails the challenge, and nothing counts as sent', async (t) => {
  const answer = { status: 500 }
  const { received, webhookUrl } = await receiver(t, answer)
  const { client, local, token } = await trackedWith(t, webhookUrl)
  t.match(await client(token, '/challenge/email-otp'), { body: { errorCode: 'webhook_failed' } })
  t.equal(received.length, 1)
  t.strictSame(local.messages(), [])
  answer.status = 200
  t.equal((await client(token, '/challenge/email-otp')).status, 200)
})

t.test('a receiver that is not there fails the challenge', async (t) => {
  const { client, token } = await trackedWith(t, 'http://localhost:9/events')
  t.match(await client(token, '/challenge/email-otp'), { body: { errorCode: 'webhook_failed' } })
})

t.test('a magic link is handed over as an address, a WhatsApp message not at all', async (t) => {
  const { received, webhookUrl } = await receiver(t, { status: 204 })
  const { server, client, local, token } = await trackedWith(t, webhookUrl)
  await client(token, '/challenge/email-magic-link')
  const [{ body, signature } = { body: '', signature: '' }] = received
  const url = local.messages(email)[0]?.url
  t.type(url, 'string')
  const event = server.webhook.constructEvent(body, signature)
  t.match(event, { type: 'email.created', data: { to: email, url, userId: 'user-1' } })
  t.notOk('code' in event.data)

  const attributes = { phoneNumber: '+6421123456' }
  const other = await server.track({ userId: 'user-2', action: 'cognitoAuth', attributes })
  t.equal((await client(other.token, '/challenge/whatsapp')).status, 200)
  t.equal(received.length, 1)
})
