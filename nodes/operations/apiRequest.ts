import { formatValue } from '../api/formatValue';
import { parseRelativePath, type Query } from '../api/transport/url';
import type { ApiRequest, RawResponse, TeamogyClient } from '../api/transport/client';
import { InvalidInput, type RequestKind } from '../api/transport/errors';
import { readJson } from '../parameters/json';
import { mapWithConcurrency, defineOperation, WRITE_CONCURRENCY, type Saved } from './operation';
import { buildOptionsParameter } from '../parameters/options';
import { readContent, RESPONSE_FORMATS, toFile, type ResponseFormat } from './responseFormat';

/** The usual one first. */
const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const;

/** Decides whether a request may be repeated: only reading and PATCH may. */
const REQUEST_KINDS: Record<(typeof METHODS)[number], RequestKind> = {
	GET: 'get',
	POST: 'custom',
	PATCH: 'update',
	PUT: 'custom',
	DELETE: 'custom',
};

/** What kinds of response are asked for: JSON as the vendor's client does (CLIENT), unless another one is wanted. */
const ACCEPTED: Record<ResponseFormat, string> = {
	autodetect: 'application/json',
	file: '*/*',
	json: 'application/json',
	text: '*/*',
};

/** The error for a response that is not what was asked for. One to a write says that it may have been saved. */
function notReadable(
	client: TeamogyClient,
	apiRequest: ApiRequest,
	{ status, content }: RawResponse,
	format: ResponseFormat,
): Error {
	if (format === 'json' && apiRequest.requestKind !== 'custom') {
		return new InvalidInput(
			`The response of ${apiRequest.what} is not JSON`,
			"Choose another 'Response Format' under 'Options', e.g. Autodetect.",
		);
	}
	return client.explain({ kind: 'unreadable', status, body: content.toString() }, apiRequest);
}

/** One request, and what its response is to be. */
interface CustomRequest {
	apiRequest: ApiRequest;
	format: ResponseFormat;
}

/** Custom request: any method and path within the business unit, for what no operation covers. */
export const apiRequest = defineOperation<CustomRequest>({
	value: 'request',
	name: 'Send',
	isOfferedBy: (resource) => resource.kind === 'request',
	describe: () => ({
		description:
			'Send a custom request to the Teamogy API, e.g. for an entity or method this node does not cover',
		action: 'Send an API request',
	}),
	parameters: () => [
		{
			displayName: 'Method',
			name: 'method',
			type: 'options',
			options: [...METHODS].sort().map((method) => ({ name: method, value: method })),
			default: 'GET',
			description:
				'The HTTP method. GET and PATCH are retried when Teamogy is temporarily unavailable; the others are sent once.',
		},
		{
			displayName: 'Path',
			name: 'path',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. views/jobs',
			description:
				'The path within the business unit, without the domain, e.g. companies or views/jobs',
		},
		{
			displayName: 'Query Parameters',
			name: 'query',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Parameter' },
			placeholder: 'Add Parameter',
			default: {},
			description: 'The query parameters, which the node encodes',
			options: [
				{
					displayName: 'Parameter',
					name: 'parameters',
					values: [
						{
							displayName: 'Name',
							name: 'name',
							type: 'string',
							default: '',
							placeholder: 'e.g. externalFilter',
						},
						{
							displayName: 'Value',
							name: 'value',
							type: 'string',
							default: '',
							placeholder: 'e.g. 1234',
						},
					],
				},
			],
		},
		{
			displayName: 'Body',
			name: 'body',
			type: 'json',
			default: '{}',
			description: 'The JSON to send',
			displayOptions: { show: { method: ['POST', 'PATCH', 'PUT', 'DELETE'] } },
		},
		buildOptionsParameter('responseFormat', 'unitId'),
	],
	prepare: (item) => {
		const method = item.readChoice('Method', item.readParameter('method', ''), METHODS);
		const path = parseRelativePath(item.readParameter('path', ''));
		const { parameters = [] } = item.readParameter('query', {}) as {
			parameters?: Array<{ name?: unknown; value?: unknown }>;
		};
		// Without a prototype, in which a parameter named `__proto__` would be lost.
		const query = Object.create(null) as Query;
		for (const [position, { name: given, value }] of parameters.entries()) {
			const name = String(given ?? '').trim();
			if (!name) {
				throw new InvalidInput(
					`The name of query parameter ${position + 1} is empty`,
					'Enter its name, or remove the parameter.',
				);
			}
			if (Object.hasOwn(query, name)) {
				throw new InvalidInput(
					`The query parameter "${formatValue(name)}" is given twice`,
					'Give each parameter once. Several values of one parameter are separated by commas in most cases.',
				);
			}
			if (typeof value === 'object' && value !== null) {
				throw new InvalidInput(
					`The value of the query parameter "${formatValue(name)}" is not a single value`,
					'Enter text, a number or true/false. Turn a list into text, e.g. {{ $json.names.join(",") }}.',
				);
			}
			query[name] = value === undefined || value === null ? undefined : String(value);
		}
		const body =
			method === 'GET' ? undefined : readJson(item.readParameter('body', ''), 'Body', true);
		const format = item.readChoice(
			'Response Format',
			item.readOption('responseFormat'),
			RESPONSE_FORMATS,
		);
		return {
			apiRequest: {
				requestKind: REQUEST_KINDS[method],
				method,
				path,
				query,
				body,
				what: `"${path}" (${method})`,
				unitId: item.unitId,
				raw: true,
				accept: ACCEPTED[format],
			},
			format,
		};
	},
	execute: async (prepared, run) =>
		await mapWithConcurrency(
			prepared,
			WRITE_CONCURRENCY,
			async ({ index, task: { apiRequest: sent, format } }) => {
				const settle = sent.requestKind === 'get' ? run.runItem : run.runItemWrite;
				await settle(index, async (saved?: Saved) => {
					const answer = (await run.client.request(sent)) as RawResponse;
					const content = readContent(answer, format);
					if (content === undefined) throw notReadable(run.client, sent, answer, format);
					saved?.({});
					if (content === 'file') return await toFile(answer, run.executeFunctions);
					run.client.hintAtRounding(content);
					return content;
				});
			},
		),
});
