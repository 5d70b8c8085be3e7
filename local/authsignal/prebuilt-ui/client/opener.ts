/** The part of a window that hears messages. */
export interface MessageTarget {
  postMessage(message: unknown, targetOrigin: string): void
}

/** The app that shows this page in a frame or a window, as `launch` of the browser SDK listens to it. */
export class Opener {
  readonly #target: MessageTarget

  constructor(target: MessageTarget) {
    this.#target = target
  }

  /** The page can be shown. */
  ready(): void {
    this.#send({ event: 'AUTHSIGNAL_READY' })
  }

  apiError(errorCode: string, statusCode: number): void {
    this.#send({ event: 'AUTHSIGNAL_API_ERROR', errorCode, statusCode })
  }

  /**
   * After success the fresh token. After quitting the original one, which validates as unanswered:
   * whether the real page sends it or none is [unconfirmed], and apps must cope with both.
   */
  close(token: string): void {
    this.#send({ event: 'AUTHSIGNAL_CLOSE_POPUP', token })
  }

  /** The one message that is an object and no text: the frame follows the height of the page. */
  resize(height: number): void {
    this.#target.postMessage({ height }, ANY_ORIGIN)
  }

  #send(message: object): void {
    this.#target.postMessage(JSON.stringify(message), ANY_ORIGIN)
  }
}

/** Nothing tells the page who opened it; whoever did has had its token all along. */
const ANY_ORIGIN = '*'
