import t from 'tap'
import { buildTestApp, STARTED } from '../support/build-app.ts'
import { gate } from '../support/gate.ts'

const START = { method: 'POST', url: '/start-sign-in', payload: { email: 'a@b.c' } } as const

t.test('what nobody else has bounded is answered 504', async (t) => {
  const { app, lines } = await buildTestApp(t, {
    logs: true,
    deadlineMs: 20,
    startSignIn: () => new Promise(() => {}),
  })
  const answer = await app.inject(START)
  t.equal(answer.statusCode, 504)
  t.match(answer.json(), { code: 'upstream_timeout' })
  t.match(lines.join(''), '"status":504')
})

t.test('an outcome that comes too late is nobody’s, and no error', async (t) => {
  for (const late of [() => Promise.resolve(STARTED), () => Promise.reject(new Error('late'))]) {
    const { opened, open } = gate()
    const { app } = await buildTestApp(t, {
      deadlineMs: 20,
      startSignIn: () => opened.then(late),
    })
    t.equal((await app.inject(START)).statusCode, 504)
    open()
    await new Promise((resolve) => setImmediate(resolve))
  }
})

t.test('what is answered in time is answered as it is', async (t) => {
  const { app } = await buildTestApp(t, { deadlineMs: 60_000 })
  t.strictSame((await app.inject(START)).json(), STARTED)
  const signOut = await app.inject({
    method: 'POST',
    url: '/sign-out',
    payload: { refreshToken: 'r' },
  })
  t.equal(signOut.statusCode, 204)
})
