// A certified identity provider (npm package oidc-provider) on this machine: whoever gives a name is let in under it.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
const { Provider } = await import(pathToFileURL(join(process.env.MODULES, "oidc-provider/lib/index.js")));

const kinds = { RS256: ["rsa", { modulusLength: 2048 }], PS256: ["rsa", { modulusLength: 2048 }], ES256: ["ec", { namedCurve: "P-256" }] };
const alg = process.env.ALG;
const { privateKey } = generateKeyPairSync(...kinds[alg]);

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  // Another host than cleanbill's to a browser, so that it is another site.
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "cleanbill", client_secret: process.env.SECRET, id_token_signed_response_alg: alg,
      redirect_uris: [`${process.env.PUBLIC}/sign-in/answer`], post_logout_redirect_uris: [`${process.env.PUBLIC}/sign-in`],
      grant_types: ["authorization_code"], response_types: ["code"],
    }],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id, email: `${id}@firm.example`, email_verified: true }) }),
    pkce: { required: () => true },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg, kid: "one" }] },
    cookies: { keys: ["of no worth"] },
    enabledJWA: { idTokenSigningAlgValues: [alg] },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
