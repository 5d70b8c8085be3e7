import t from 'tap'
import { startStack } from '../support/stack.ts'

t.test('a sign-in lives as long as the app client allows, but ten minutes at most', async (t) => {
  for (const [minutes, expiresIn] of [
    ['3', 180],
    ['10', 600],
    ['15', 600],
  ] as const) {
    const stack = await startStack(t, { env: { COGNITO_AUTH_SESSION_MINUTES: minutes } })
    const { body } = await stack.start({ email: 'ada@example.com' })
    t.match(body, { expiresIn }, `${minutes} minutes`)
  }
})
