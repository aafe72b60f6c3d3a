/**
 * No text of a server or of anybody else stops n8n: every regular expression of the package takes time in
 * proportion to its text, and what reads such texts looks at no more of them than it needs.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { checkSync } from 'recheck';
import { KEY, toTeamogyError, serverMessage } from '../../../helpers/transport/client.mts';
import { leaked } from '../../../helpers/transport/leaks.mts';
import { regexesOfPackage } from '../../../helpers/transport/regexes.mts';
import type * as NormalizeModule from '../../../../nodes/api/common/unicode.js';
import { builtModule } from '../../../helpers/testBed.mts';

const { normalizeForSearch } = builtModule<typeof NormalizeModule>('nodes/api/common/unicode.js');

const { literals, made, normalizing } = regexesOfPackage();

/** Much longer than any check takes; what does not end takes hours. */
const END = 120_000;
jest.setTimeout(END + 60_000);

describe('Regular expressions', () => {
	it('The regular expressions of the package are found', () => {
		expect(literals.length).toBeGreaterThan(40);
	});

	it.each(literals)('$where takes no more time than its text is long', ({ source, flags }) => {
		// Safe is what takes time in proportion to the text; what cannot be told is unknown.
		expect(checkSync(source, flags, { timeout: null })).toMatchObject({ status: 'safe' });
	});

	it('No regular expression is made of a text', () => {
		expect(made).toEqual([]);
	});
});

/** Calls a function of the built package with one argument after the other; false where that does not end. */
async function ends(module: string, call: string, makeArguments: string): Promise<boolean> {
	const code = `
		const { ${call} } = require(${JSON.stringify(join(process.cwd(), 'dist', module))});
		for (const one of (${makeArguments})()) ${call}(...one);
	`;
	const worker = new Worker(code, { eval: true });
	return await new Promise((resolve, reject) => {
		const alarm = setTimeout(() => {
			resolve(false);
			void worker.terminate();
		}, END);
		worker.on('error', reject);
		worker.on('exit', () => {
			clearTimeout(alarm);
			resolve(true);
		});
	});
}

/** Long texts that are bad for careless patterns. */
const texts = (length: number) => `[
	'<title', '<h1', '<html', '<title ', '<title>', '<html><title', '<html><h1 a', ' ', '\\t\\n', '. ', '.', 'x. ',
	'\\u0301\\u0323', 'e\\u0301\\u0323', '\\uff9e\\u0301', '\\u1ea4', '\\uac01', '\\ud800', '"', '\\\\', '\\\\u00', '%25', '&amp;',
	${JSON.stringify(KEY)}, ${JSON.stringify(`${[...KEY].join(' ')} `)}, ${JSON.stringify(KEY.slice(0, -1))}, 'k', 'e ',
	'{"message":', '[', '0', '9,', 'A',
].flatMap((piece) => {
	const long = piece.repeat(${length} / piece.length);
	return [long, long + '\\u0000', '<!doctype html>' + long, long + '<html>'];
})`;

/** Bodies of other shapes: deep, long, wide, with long names, with a fan of names that are looked at. */
const bodies = `[
	JSON.parse('['.repeat(1e5) + ']'.repeat(1e5)),
	JSON.parse('{"message":'.repeat(1e5) + '1' + '}'.repeat(1e5)),
	JSON.parse('{"x":'.repeat(1e5) + '1' + '}'.repeat(1e5)),
	Array(1e6).fill(''), Array(1e6).fill({}), Array(1e5).fill({ message: '' }), Array(1e5).fill({ message: ' '.repeat(50) }),
	Array.from({ length: 1e5 }, (_, n) => 'Message ' + n),
	Array.from({ length: 1e5 }, (_, n) => ({ field: 'f' + n, message: 'is wrong' })),
	Object.fromEntries(Array.from({ length: 1e6 }, (_, n) => ['key' + n, n])), Array(5e6).fill(1),
	{ ['k'.repeat(2e6)]: 1 }, { message: { ['k'.repeat(2e6)]: 1 } },
	(function fan(depth) {
		const names = ['message', 'error', 'errors', 'title', 'detail', 'details', 'description', 'text'];
		return depth ? Object.fromEntries(names.map((name) => [name, fan(depth - 1)])) : 'x'.repeat(100);
	})(5),
]`;

describe('What a response says', () => {
	it.each([
		['a text', texts(2e6)],
		['a message', `${texts(2e6)}.map((message) => ({ message }))`],
		['a field of its own', `${texts(2e6)}.map((text) => [{ field: text, message: text }])`],
		['JSON of another kind', `${texts(2e6)}.map((text) => ({ code: text, more: [text] }))`],
		['JSON without end', bodies],
	])('The message of a response is found as %s, however long that is', async (_, made) => {
		const calls = `() => ${made}.map((body) => [
			{ kind: 'status', status: 422, headers: {}, body }, 'create', 'a job', 1, ${JSON.stringify(KEY)},
		])`;
		expect(await ends('nodes/api/transport/toTeamogyError.js', 'toTeamogyError', calls)).toBe(true);
	});

	it('The message of a response is found where people look for it, also within much more', () => {
		const trace = 'at com.teamogy.Service.run '.repeat(50_000);
		expect(serverMessage.extractMessage({ trace, message: 'The reason' })).toBe('The reason');
		expect(
			serverMessage.extractMessage(`<html><head><title>Bad gateway</title></head>${trace}`),
		).toBe('Bad gateway');
		expect(serverMessage.extractMessage({ error: { trace: [trace], code: 7, text: 'Here' } })).toBe(
			'Here',
		);
		expect(serverMessage.extractMessage('Words. '.repeat(10_000))).toMatch(/^Words\. Words\./);
	});

	it('A message never shows a part of the API key that was cut in two', () => {
		const gap = fc.constantFrom(' ', '\n', 'x', '. ', '"', '<b>');
		const around = fc.integer({ min: 19_900, max: 20_100 });
		fc.assert(
			fc.property(
				gap,
				around,
				fc.constantFrom('', '\n'),
				fc.nat(4),
				(fill, length, joint, shape) => {
					const key = [...KEY].join(joint);
					const text = `${fill.repeat(length).slice(0, length - 20)}${key} and more`.padEnd(30_000);
					const body = [
						text,
						{ message: text },
						{ code: text },
						[{ field: text, message: 'x' }],
						`<html><title>${text}</title>`,
					][shape];
					const failure = { kind: 'status', status: 422, headers: {}, body } as const;
					const { description } = toTeamogyError(failure, 'create', 'a job', 1, KEY);
					expect(leaked(KEY, description.replace(/\s/g, ''))).toBeUndefined();
				},
			),
			{ numRuns: 500 },
		);
	});
});

describe('A text that is compared', () => {
	it('Text is matched whatever its width, however long it is', async () => {
		const texts = `['\\uff9e\\u0301', '\\uff9f\\u0323x', '\\uff76\\uff9e'].map((piece) => [piece.repeat(5990 / piece.length)])`;
		const calls = `() => Array(100).fill(${texts}).flat()`;
		expect(await ends('nodes/api/matching/spellings.js', 'toLooseKey', calls)).toBe(true);
	});

	it('Text is normalized in one place, which bounds the cost', () => {
		expect(normalizing).toEqual([join('nodes', 'api', 'common', 'unicode.ts')]);
	});

	it.each(['normalizeForSearch', 'composeText'])(
		'Text is made ready for a comparison however long it is: %s',
		async (call) => {
			expect(
				await ends(
					'nodes/api/common/unicode.js',
					call,
					`() => ${texts(1e6)}.map((text) => [text])`,
				),
			).toBe(true);
		},
	);

	it.each([
		['Köln', 'koln'],
		['Ko\u0308ln', 'koln'],
		['ŁÓDŹ', 'lodz'],
		['Straße', 'strasse'],
		['e\u0323\u0301\u0302', 'e'],
		['\u1ebf', 'e'],
		['각', '\u1100\u1161\u11a8'],
	])('Text is the same without accents and case: %s', (text, folded) => {
		expect(normalizeForSearch(text)).toBe(folded);
	});

	it('Text is folded as if its accents were taken off last', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (any) => {
				const before = any.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
				expect(normalizeForSearch(any)).toBe(normalizeForSearch(before));
			}),
		);
	});
});
