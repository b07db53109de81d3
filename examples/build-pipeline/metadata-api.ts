import { JsonLinesApi } from "sbx-profiles";

/** Collects what the stages tell: one JSON object a message, laid over what the same stage told before. */
export class MetadataApi extends JsonLinesApi {
  readonly collected: Record<string, object> = {};
  /** Which stage is running: it is not for the stage to say. */
  stage = "";

  constructor() {
    super({ endpoint: "metadata" });
  }

  protected override handle(message: unknown): object {
    if (typeof message !== "object" || message === null || Array.isArray(message)) {
      throw new TypeError("metadata is a JSON object");
    }
    this.collected[this.stage] = { ...this.collected[this.stage], ...message };
    return {};
  }
}
