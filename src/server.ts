import { buildAdmin } from './admin.ts'
import { ConfigError, parseConfig, type Config } from './config.ts'
import { standardOutput } from './http/log-stream.ts'
import { stopInOrder } from './lifecycle.ts'
import { buildService } from './service.ts'

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

async function main(): Promise<void> {
  const config = configOrExit()
  const app = await buildService(config, standardOutput())
  app.metrics.watchProcess()
  const admin = buildAdmin({
    isReady: () => lifecycle.isReady(),
    upstreams: () => app.upstreams.statuses(),
    openApi: () => app.swagger(),
    metrics: app.metrics.registry,
    logger: app.log,
  })

  const lifecycle = stopInOrder({
    log: app.log,
    delayMs: config.SHUTDOWN_DELAY_MS,
    async close() {
      await app.close()
      await admin.close()
    },
  })

  try {
    await admin.listen({ port: config.ADMIN_PORT, host: config.ADMIN_HOST ?? config.HOST })
    await app.listen({ port: config.PORT, host: config.HOST })
    if (config.AUDIT_LOG === 'off') app.log.warn('audit events are not written: AUDIT_LOG is off')
    lifecycle.started()
  } catch (err) {
    app.log.fatal(
      { err },
      'cannot listen: is another process on PORT of HOST, or on ADMIN_PORT of ADMIN_HOST?',
    )
    process.exit(1)
  }
}

/** Kept when it listens. */
export const started = main()
