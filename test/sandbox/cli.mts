import { runInTerminal } from './terminal.mts';

try {
	const end = await runInTerminal(process.argv.slice(2), {
		print: console.log,
		input: process.stdin,
		liveEveryMs: 4000,
	});
	for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void end?.());
} catch (caught) {
	const { code, message } = caught as Error & { code?: string };
	const isPortTaken = code === 'EADDRINUSE';
	console.error(isPortTaken ? 'The port is taken: choose another one with --port.' : message);
	process.exitCode = 1;
}
