import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Where questions are asked: a terminal. */
export interface Terminal {
	input: NodeJS.ReadableStream;
	output: NodeJS.WritableStream;
}

/** Asks on the terminal. What is answered to a hidden question is not shown. */
async function ask(
	{ input, output }: Terminal,
	question: string,
	isHidden = false,
): Promise<string> {
	let isMuted = false;
	const shown = new Writable({
		write: (chunk: Buffer, _encoding, done) => {
			if (!isMuted) output.write(chunk);
			done();
		},
	});
	// It takes over the echo of the terminal before the question is there, so nothing typed shows by itself.
	const lines = createInterface({ input, output: shown, terminal: true, historySize: 0 });
	lines.once('SIGINT', () => {
		lines.close();
		process.kill(process.pid, 'SIGINT');
	});
	try {
		const answer = lines.question(question);
		isMuted = isHidden;
		return (await answer).trim();
	} finally {
		lines.close();
		if (isHidden) output.write('\n');
	}
}

export interface Answers {
	domain: string;
	unitId: string;
	apiKey: string;
}

/**
 * Domain, unit and key: from the environment, else asked for.
 *
 * @param terminal undefined where nobody can be asked
 * @throws Error naming the variable to set, where nobody can be asked
 */
export async function readAccount(
	environment: NodeJS.ProcessEnv,
	terminal: Terminal | undefined,
): Promise<Answers> {
	const get = async (variable: string, question: string, isHidden = false): Promise<string> => {
		const given = environment[variable];
		if (given) return given;
		if (!terminal)
			throw new Error(`Set ${variable}, or run this in a terminal to be asked for it.`);
		return await ask(terminal, question, isHidden);
	};
	return {
		domain: await get('TEAMOGY_DOMAIN', 'Domain, e.g. yourcompany.teamogy.com: '),
		unitId: (await get('TEAMOGY_UNIT', 'Business unit ID [1]: ')) || '1',
		apiKey: await get('TEAMOGY_API_KEY', 'API key (not shown): ', true),
	};
}

/** Whether the answer is yes. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
	return /^y(es)?$/i.test(await ask(terminal, `${question} [y/N] `));
}
