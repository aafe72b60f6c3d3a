/** Numbers beyond 2^53 in the bodies of pushes. */
import {
	getReceivedBodies,
	post,
	RECEIVED,
	sendPush,
	STARTED,
	usePushTrigger,
} from '../../../helpers/push/pushTrigger.mts';

const { serve } = usePushTrigger();

describe('Numbers beyond 2^53', () => {
	it.each(['application/json', 'text/plain', undefined])(
		'A body of type %s brings them as text, and all other values as they are',
		async (contentType) => {
			const quoted = JSON.stringify('9007199254740993, "9007199254740993"\\');
			const text = `{"id":9007199254740993,"list":[-9007199254740993,{"a":12345678901234567890}],
			"more":[1e20,-1e400],"safe":[9007199254740991,-9007199254740991,0.30000000000000004,1e15,12],
			"text":${quoted},"9007199254740993":true}`;
			const body = {
				id: '9007199254740993',
				list: ['-9007199254740993', { a: '12345678901234567890' }],
				more: ['1e20', '-1e400'],
				safe: [9007199254740991, -9007199254740991, 0.30000000000000004, 1e15, 12],
				text: JSON.parse(quoted),
				'9007199254740993': true,
			};
			const webhook = await serve();
			await webhook.send({ ...post(text), contentType });
			expect(getReceivedBodies(webhook)).toEqual([body]);
		},
	);

	it('Two records whose IDs differ are not taken for one', async () => {
		const webhook = await serve();
		const pushes = ['9007199254740992', '9007199254740993', '"9007199254740994"'];
		for (const id of pushes) expect(await sendPush(webhook, `{"id":${id}}`)).toEqual(STARTED);
		for (const id of pushes) expect(await sendPush(webhook, `{"id":${id}}`)).toEqual(RECEIVED);
	});

	it.each([
		['a fraction', '9007199254740992.0', '9007199254740993.0'],
		['an exponent', '9.007199254740992e15', '9.007199254740993e+15'],
		['a negative exponent', '90071992547409920E-1', '-90071992547409930e-1'],
		['an exponent of 0', '9007199254740992e0', '9007199254740993e0'],
		['an exponent beyond all numbers', '1e400', '1e401'],
	])(
		'Two records whose IDs have %s are not taken for one, and the IDs come as text',
		async (_case, one, other) => {
			const webhook = await serve();
			for (const id of [one, other])
				expect(await sendPush(webhook, `{"id":${id}}`)).toEqual(STARTED);
			for (const id of [one, other])
				expect(await sendPush(webhook, `{"id":${id}}`)).toEqual(RECEIVED);
			expect(getReceivedBodies(webhook)).toEqual([{ id: one }, { id: other }]);
		},
	);

	it('Two contents that differ are not taken for one', async () => {
		const webhook = await serve();
		const push = async (value: string) =>
			await sendPush(webhook, `{"id":1,"owner":{"id":${value}}}`);
		expect(await push('9007199254740992')).toEqual(STARTED);
		expect(await push('9007199254740993')).toEqual(STARTED);
		expect(await push('9007199254740993')).toEqual(RECEIVED);
		expect(await push('9007199254740992')).toEqual(STARTED);
	});

	it('Only numbers become texts, whatever quotes and backslashes stand before them', async () => {
		const webhook = await serve();
		const large = '9007199254740993';
		const json = String.raw`{"id":1,"a\\":"\\","b":${large},"c\"":"\"${large},\\\"","d":[-1e400,1E16,9e15,-${large}.5,"",0.1e1]}`;
		await sendPush(webhook, json);
		expect(getReceivedBodies(webhook)).toEqual([
			{
				id: 1,
				'a\\': '\\',
				b: large,
				'c"': `"${large},\\"`,
				d: ['-1e400', '1E16', 9e15, `-${large}.5`, '', 1],
			},
		]);
	});

	it('A body of ten megabytes is parsed', async () => {
		const long = `{"id":9007199254740993,"text":"${'\\"ž'.repeat(1e6)}","more":"${'x'.repeat(7e6)}"}`;
		const webhook = await serve();
		expect(await sendPush(webhook, long)).toEqual(STARTED);
		expect(await sendPush(webhook, long)).toEqual(RECEIVED);
	});

	it('A text of five million escapes leaves the ID as it is', async () => {
		const webhook = await serve();
		await sendPush(webhook, `{"text":"${'\\n'.repeat(5e6)}","id":9007199254740993}`);
		expect(getReceivedBodies(webhook)).toMatchObject([{ id: '9007199254740993' }]);
	});
});
