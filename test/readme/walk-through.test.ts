import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import t from 'tap'
import { startDev } from '../support/dev.ts'

const run = promisify(execFile)
const stop = await startDev()
t.teardown(stop)

t.test('the curl lines of the README sign in, pasted as they stand', async (t) => {
  const readme = await readFile('README.md', 'utf8')
  const [, lines] = /## The same with curl[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? []
  for (const time of ['a new user', 'a returning user']) {
    const { stdout } = await run('bash', ['-c', lines!])
    const tokens = JSON.parse(stdout.trim().split('\n').at(-1)!)
    t.match(tokens, { accessToken: String, idToken: String, tokenType: 'Bearer' }, time)

    const { iss } = JSON.parse(
      Buffer.from(tokens.accessToken.split('.')[1], 'base64url').toString(),
    )
    t.match(iss, /^http:\/\/localhost:9229\//)
    const jwks = (await (await fetch(`${iss}/.well-known/jwks.json`)).json()) as Jwks
    const verifier = JwtVerifier.create({
      issuer: iss,
      audience: null,
      jwksUri: 'https://unused.invalid/',
    })
    verifier.cacheJwks(jwks)
    t.equal((await verifier.verify(tokens.accessToken))['token_use'], 'access')
    t.match(await verifier.verify(tokens.idToken), {
      email: 'ada@example.com',
      email_verified: true,
    })
  }
})

t.test('every address of the README answers', async (t) => {
  const readme = await readFile('README.md', 'utf8')
  const urls = new Set(readme.match(/http:\/\/localhost:\d+[\w/.-]*/g))
  for (const url of urls) {
    const { status } = await fetch(url)
    t.ok(status < 500, `${url} answers ${status}`)
  }
})
