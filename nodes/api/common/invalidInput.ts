/**
 * Invalid user input, found before sending or from Teamogy's response. `message` says what is wrong and
 * where, `hint` how to correct it.
 */
export class InvalidInput extends Error {
	override readonly name = 'InvalidInput';

	constructor(
		message: string,
		readonly hint: string,
	) {
		super(message);
	}

	/** n8n shows this beside the message where n8n wraps the error, e.g. in the HTTP Request node. */
	get description(): string {
		return this.hint;
	}
}
