import { runPod } from './run-pod.ts'

runPod(process.argv.at(-1) ?? '')
