/** A clock of its own thread: browsers slow the page's clocks down when nobody looks at it, and a sign of life must not be late. */

let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  self.postMessage(null)
}

self.onmessage = ({ data }: MessageEvent<number>) => {
  clearInterval(timer)
  timer = data ? setInterval(tick, data) : undefined
}
