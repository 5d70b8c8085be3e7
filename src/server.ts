import closeWithGrace from 'close-with-grace'
import { buildAdmin } from './admin.ts'
import { ConfigError, parseConfig, type Config } from './config.ts'
import { buildService } from './service.ts'

/** Shorter than the 10 s after which Docker kills, longer than any call should take. */
const STOP_GRACE_MS = 9_000

function configOrExit(): Config {
  try {
    return parseConfig(process.env)
  } catch (error) {
    const problems = error instanceof ConfigError ? error.problems : ['cannot be read']
    process.stderr.write(
      `The configuration is not usable:\n${problems.map((line) => `  ${line}\n`).join('')}` +
        `See docs/configuration.md. To try the service without any account: npm run dev\n`,
    )
    process.exit(1)
  }
}

const config = configOrExit()
const app = await buildService(config)
let isReady = false
const admin = buildAdmin({
  isReady: () => isReady,
  openApi: () => app.swagger(),
  logger: app.log,
})

closeWithGrace({ delay: STOP_GRACE_MS, logger: false }, async ({ err, signal }) => {
  isReady = false
  if (err) app.log.fatal({ err }, 'stopping after an error nobody caught')
  else app.log.info({ signal }, 'stopping')
  // Waits for the requests in flight, refuses new ones.
  await app.close()
  await admin.close()
})

try {
  await admin.listen({ port: config.ADMIN_PORT, host: config.HOST })
  await app.listen({ port: config.PORT, host: config.HOST })
  isReady = true
} catch (err) {
  app.log.fatal({ err }, 'cannot listen: is another process on PORT or ADMIN_PORT of HOST?')
  process.exit(1)
}
