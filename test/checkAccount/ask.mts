import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Where questions are asked: a terminal. */
export interface Terminal {
	input: NodeJS.ReadableStream;
	output: NodeJS.WritableStream;
}

/** Asks a question on the terminal. The answer to a hidden question is not shown. */
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
	// Takes over the echo of the terminal before the question is shown, so that no key press shows by itself.
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
 * Reads domain, unit and API key from the environment. What is missing is asked for; the unit is 1 where nobody can be
 * asked, and where the answer is empty.
 *
 * @param terminal undefined where nobody can be asked
 * @throws Error naming the variable to set, where nobody can be asked
 */
export async function readAccount(
	environment: NodeJS.ProcessEnv,
	terminal: Terminal | undefined,
): Promise<Answers> {
	const read = async (variable: string, question: string, isHidden = false): Promise<string> => {
		const given = environment[variable];
		if (given) return given;
		if (!terminal)
			throw new Error(`Set ${variable}, or run this in a terminal to be asked for it.`);
		return await ask(terminal, question, isHidden);
	};
	const domain = await read('TEAMOGY_DOMAIN', 'Domain, e.g. yourcompany.teamogy.com: ');
	const canRead = terminal !== undefined || environment.TEAMOGY_UNIT;
	const unitId = canRead ? await read('TEAMOGY_UNIT', 'Business unit ID [1]: ') : '';
	const apiKey = await read('TEAMOGY_API_KEY', 'API key (not shown): ', true);
	return { domain, unitId: unitId || '1', apiKey };
}

/** Whether the answer is yes. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
	return /^y(es)?$/i.test(await ask(terminal, `${question} [y/N] `));
}
