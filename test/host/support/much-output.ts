import { writeFileSync } from 'node:fs'
import { endWith, leave, outliveReaders } from '../../../src/host/process-end.ts'

// Run by itself: writes more than a pipe or a terminal takes at once, and ends as the entries do. Into the folder it puts
// an empty file for each thing that happens to it.
const [folder = '', until = ''] = process.argv.slice(2)
const happened = (what: string) => writeFileSync(`${folder}/${what}`, '')
const cancel = new AbortController()
outliveReaders()
endWith(cancel, (text) => process.stderr.write(`${text}\n`))
cancel.signal.addEventListener('abort', () => happened('signal'))
const line = `${'x'.repeat(1023)}\n`
const finish = () => {
  process.stdout.write('the last line\n')
  happened('leaving')
  void leave(3, cancel.signal)
}

if (until === 'signal') {
  // Goes on until its output is held up, and then until it hears a signal.
  const timer = setInterval(() => {
    if (process.stdout.writableLength > 0) happened('stalled')
    else process.stdout.write(line)
  }, 1)
  cancel.signal.addEventListener('abort', () => {
    clearInterval(timer)
    finish()
  })
} else {
  for (let kilobytes = 0; kilobytes < 1024; kilobytes += 1) process.stdout.write(line)
  finish()
}
happened(`started-${process.pid}`)
