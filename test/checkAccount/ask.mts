import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Asks on the terminal. What is answered to a hidden question is not shown. */
async function ask(question: string, hidden = false): Promise<string> {
	process.stdout.write(question);
	const output = new Writable({
		write: (chunk: Buffer, _encoding, done) => {
			if (!hidden) process.stdout.write(chunk);
			done();
		},
	});
	const lines = createInterface({ input: process.stdin, output, terminal: true });
	try {
		return (await lines.question('')).trim();
	} finally {
		lines.close();
		if (hidden) process.stdout.write('\n');
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
 * @throws Error naming the variable to set, where nobody can be asked
 */
export async function readAccount(
	environment: NodeJS.ProcessEnv,
	isTerminal: boolean,
): Promise<Answers> {
	const get = async (variable: string, question: string, hidden = false): Promise<string> => {
		const given = environment[variable];
		if (given) return given;
		if (!isTerminal)
			throw new Error(`Set ${variable}, or run this in a terminal to be asked for it.`);
		return await ask(question, hidden);
	};
	return {
		domain: await get('TEAMOGY_DOMAIN', 'Domain, e.g. yourcompany.teamogy.com: '),
		unitId: (await get('TEAMOGY_UNIT', 'Business unit ID [1]: ')) || '1',
		apiKey: await get('TEAMOGY_API_KEY', 'API key (not shown): ', true),
	};
}

/** Whether the answer is yes. */
export async function confirm(question: string): Promise<boolean> {
	return /^y(es)?$/i.test(await ask(`${question} [y/N] `));
}
