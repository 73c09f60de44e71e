// Owns the process around mongo-java-server: PORT FILE WIRE_VERSION [KEY.der CERT.pem]. Documents are in FILE; SIGTERM ends it.

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.h2.mvstore.MVStore;

public class Server {
    public static void main(String[] args) throws Exception {
        int wire = Integer.parseInt(args[2]);
        // The versions that come with it end at wire version 8, which current drivers refuse.
        MongoVersion version = new MongoVersion() {
            public List<Integer> getVersionArray() {
                return wire >= 13 ? List.of(5, 0, 0) : List.of(4, 0, 0);
            }

            public int getWireVersion() {
                return wire;
            }
        };
        MVStore store = MVStore.open(args[1]);
        H2Backend backend = new H2Backend(store);
        MongoServer server = new MongoServer(backend.version(version));
        if (args.length > 3) {
            var key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(args[3]))));
            try (var in = new FileInputStream(args[4])) {
                server.enableSsl(key, null, (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
            }
        }
        server.bind("127.0.0.1", Integer.parseInt(args[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        System.out.println("listening");
    }
}
