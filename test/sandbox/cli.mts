import { runInTerminal } from './terminal.mts';

try {
	const { log: print } = console;
	const started = runInTerminal(process.argv.slice(2), {
		print,
		input: process.stdin,
		liveEveryMs: 4000,
	});
	// Signals are heard from the first moment: who reads that Ctrl-C ends the sandbox may press it at once.
	for (const signal of ['SIGINT', 'SIGTERM']) {
		process.once(signal, () => void started.then((end) => end?.()));
	}
	await started;
} catch (caught) {
	const { code, message } = caught as Error & { code?: string };
	const isPortTaken = code === 'EADDRINUSE';
	console.error(isPortTaken ? 'The port is taken: choose another one with --port.' : message);
	process.exitCode = 1;
}
