import type { AddressInfo } from 'node:net'
import t from 'tap'
import { buildTestApp, ROUTES, STARTED } from '../support/build-app.ts'

t.test('a request that comes while it stops is served, on a connection of its own', async (t) => {
  const { app } = await buildTestApp(t)
  const [{ path, body }] = ROUTES
  const answers: Response[] = []
  // Runs when the app has been told to close and still listens.
  app.addHook('preClose', async () => {
    const { port } = app.server.address() as AddressInfo
    answers.push(
      await fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    )
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  await app.close()
  t.strictSame(
    answers.map(({ status }) => status),
    [200],
  )
  t.strictSame(await answers[0]?.json(), STARTED)
  t.equal(answers[0]?.headers.get('connection'), 'close')
  t.match(answers[0]?.headers.get('x-request-id'), /^[0-9a-f-]{36}$/)
})
