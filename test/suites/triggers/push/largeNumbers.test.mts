/** Numbers beyond 2^53 in the bodies of pushes. */
import {
	getReceivedBodies,
	post,
	RECEIVED,
	sendPush,
	STARTED,
	usePushTrigger,
} from '../../../helpers/push/pushTrigger.mts';

const { testBed, serve } = usePushTrigger();

const WARNING = 'holds a number beyond 9007199254740991';

describe('Numbers beyond 2^53', () => {
	it.each(['application/json', 'text/plain', undefined])(
		'A number in a body of type %s arrives rounded, and a warning names its field',
		async (contentType) => {
			const webhook = await serve();
			const text = '{"id":1,"order":{"number":9007199254740993}}';
			await webhook.send({ ...post(text), contentType });
			expect(getReceivedBodies(webhook)).toEqual([JSON.parse(text)]);
			expect(testBed.engine.log.join()).toContain(`${WARNING} in "number"`);
		},
	);

	it('Other numbers and texts are not warned of', async () => {
		const webhook = await serve();
		await sendPush(
			webhook,
			'{"id":9007199254740991,"low":-9007199254740991,"half":0.30000000000000004,"text":"9007199254740993"}',
		);
		expect(testBed.engine.log.join()).not.toContain(WARNING);
	});

	it.each([
		['no fraction', '9007199254740992', '9007199254740993'],
		['a fraction', '9007199254740992.0', '9007199254740993.0'],
		['an exponent', '9.007199254740992e15', '9.007199254740993e+15'],
		['an exponent beyond all numbers', '1e400', '1e401'],
	])('Two records whose IDs have %s are not taken for one', async (_case, one, other) => {
		const webhook = await serve();
		const push = async (id: string) => await sendPush(webhook, `{"id":${id}}`);
		expect(await push(one)).toEqual(STARTED);
		expect(await push(one)).toEqual(RECEIVED);
		expect(await push(other)).toEqual(STARTED);
		expect(await push(other)).toEqual(RECEIVED);
	});

	it('Two contents that differ are not taken for one', async () => {
		const webhook = await serve();
		const push = async (value: string) =>
			await sendPush(webhook, `{"id":1,"owner":{"id":${value}}}`);
		expect(await push('9007199254740992')).toEqual(STARTED);
		expect(await push('9007199254740993')).toEqual(STARTED);
		expect(await push('9007199254740993')).toEqual(RECEIVED);
		expect(await push('9007199254740992')).toEqual(STARTED);
	});
});
