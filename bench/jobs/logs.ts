import { plainTable } from '../../kit/bench/split/text-table.ts'
import { withPace } from '../../kit/jobs/pods-of-a-job.ts'
import { runJob } from '../../kit/jobs/simulated-job.ts'
import { encodeLine } from '../../src/evidence/jobs/job-log.ts'

const PACES = [0.5, 5, 20, 50, 200, 500]
const SECONDS = 300
/** What a container runtime writes before each line: the time, the stream, and whether the line is whole. */
const PREFIX_BYTES = '2026-11-27T11:00:00.123456789Z stdout F '.length
const ROTATED_BYTES = 10 * 1024 * 1024

/** Prints what the log of one Pod grows by, at several paces. */
export function logs(): void {
  const rows = PACES.map((pace) => {
    const running = runJob(withPace(1, pace, 1))
    let lines = 0
    let bytes = 0
    running.streams.listen((_, event) => {
      if (event.kind === 'lost') return
      bytes += encodeLine({ number: lines, event }).length + 1 + PREFIX_BYTES
      lines += 1
    })
    running.runUntil(1000 * SECONDS)
    const aSecond = bytes / SECONDS
    return [
      String(pace),
      (lines / SECONDS).toFixed(1),
      `${(aSecond / 1024).toFixed(2)} KiB`,
      `${((64 * aSecond) / 1024).toFixed(0)} KiB`,
      duration(ROTATED_BYTES / aSecond),
    ]
  })
  process.stdout.write(
    plainTable({
      title: 'The log of one Pod',
      explained: `Over ${SECONDS} s, with the ${PREFIX_BYTES} bytes that the runtime writes before each line.`,
      headings: [
        'samples a second',
        'lines a second',
        'bytes a second',
        'of 64 Pods',
        '10 MiB after',
      ],
      rows,
    }),
  )
}

function duration(seconds: number): string {
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
