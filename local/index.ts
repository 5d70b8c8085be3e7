/** The stand-ins as a library, for test suites: real sockets, no account, nothing kept. */
export * from './authsignal/index.ts'
export * from './cognito/index.ts'
export * from './id-tokens/index.ts'
export { adjustableClock, standingClock, type Clock } from './support/clock.ts'
export { FaultInjector, type Fault, type FaultRule } from './support/faults.ts'
export type { Call } from './support/local-server.ts'
export { startLocalStack, type LocalStack, type LocalStackOptions } from './local-stack.ts'
