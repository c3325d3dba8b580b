//! Documents in an S3-compatible bucket, where several machines share one database.

use super::StoreError;
use super::documents::{hash_in, missing, name_of};
use futures_util::TryStreamExt;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use std::future::Future;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tokio::runtime::Runtime;

/// How long to wait for a bucket that does not answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A bucket, and the folder in it.
pub struct Bucket {
    url: String,
    prefix: String,
    bucket: Arc<AmazonS3>,
    /// Documents are asked for from many threads, and some of them run a runtime already.
    runtime: Option<Runtime>,
}

impl Drop for Bucket {
    fn drop(&mut self) {
        // A runtime that waits for its threads may not be dropped inside another.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Bucket {
    /// The bucket of `s3://BUCKET/PREFIX`; who we are and where it is stand in the environment, as with Amazon's own
    /// programs: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, and `AWS_ENDPOINT` for other makes.
    ///
    /// # Errors
    /// The URL names no bucket, or the environment contradicts itself.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let wrong = |why: String| StoreError::Place {
            place: url.to_owned(),
            why,
        };
        let rest = url.strip_prefix("s3://").unwrap_or(url);
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if name.is_empty() {
            return Err(wrong("s3://BUCKET/PREFIX is expected".to_owned()));
        }
        // The client of HTTPS has no provider of TLS of its own; somebody may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let plain = std::env::var("AWS_ENDPOINT").is_ok_and(|e| e.starts_with("http://"));
        let bucket = AmazonS3Builder::from_env()
            .with_bucket_name(name)
            .with_allow_http(plain)
            .with_retry(RetryConfig {
                retry_timeout: PATIENCE,
                max_retries: 5,
                ..RetryConfig::default()
            })
            .build()
            .map_err(|e| wrong(e.to_string()))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(StoreError::io(url))?;
        Ok(Self {
            url: url.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            bucket: Arc::new(bucket),
            runtime: Some(runtime),
        })
    }

    fn path(&self, hash: &str) -> Path {
        Path::from(format!("{}/{}", self.prefix, name_of(hash)))
    }

    /// Does something with the bucket and waits for it, on whatever thread.
    fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = object_store::Result<T>> + Send + 'static,
    ) -> object_store::Result<T> {
        let (done, waits) = mpsc::sync_channel(1);
        if let Some(runtime) = &self.runtime {
            runtime.spawn(async move {
                let _ = done.send(work.await);
            });
        }
        waits
            .recv()
            .unwrap_or(Err(object_store::Error::NotImplemented {
                operation: "a bucket that is closed".to_owned(),
                implementer: self.url.clone(),
            }))
    }

    fn failed(&self, error: object_store::Error) -> StoreError {
        StoreError::Bucket {
            place: self.url.clone(),
            why: format!("cannot be reached: {error}"),
        }
    }

    /// Whether a document is there.
    pub fn has(&self, hash: &str) -> Result<bool, StoreError> {
        let (bucket, path) = (Arc::clone(&self.bucket), self.path(hash));
        match self.wait(async move { bucket.head(&path).await }) {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(e) => Err(self.failed(e)),
        }
    }

    /// A sealed document.
    pub fn get(&self, hash: &str) -> Result<Vec<u8>, StoreError> {
        let (bucket, path) = (Arc::clone(&self.bucket), self.path(hash));
        match self.wait(async move { bucket.get(&path).await?.bytes().await }) {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(object_store::Error::NotFound { .. }) => Err(missing(hash, &self.url)),
            Err(e) => Err(self.failed(e)),
        }
    }

    /// Writes a sealed document; a bucket has it whole or not at all.
    pub fn put(&self, hash: &str, sealed: Vec<u8>) -> Result<(), StoreError> {
        let (bucket, path) = (Arc::clone(&self.bucket), self.path(hash));
        let payload = PutPayload::from(sealed);
        let put = self.wait(async move { bucket.put(&path, payload).await });
        put.map(|_| ()).map_err(|e| self.failed(e))
    }

    /// Takes a document away.
    pub fn remove(&self, hash: &str) -> Result<(), StoreError> {
        let (bucket, path) = (Arc::clone(&self.bucket), self.path(hash));
        match self.wait(async move { bucket.delete(&path).await }) {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(self.failed(e)),
        }
    }

    /// The hashes of all documents.
    pub fn all(&self) -> Result<Vec<String>, StoreError> {
        let (bucket, prefix) = (Arc::clone(&self.bucket), Path::from(self.prefix.as_str()));
        let listed = self.wait(async move {
            let names = bucket.list(Some(&prefix));
            names
                .map_ok(|meta| meta.location)
                .try_collect::<Vec<_>>()
                .await
        });
        let listed = listed.map_err(|e| self.failed(e))?;
        let hashes = listed.iter().filter_map(|path| hash_in(path.as_ref()));
        Ok(hashes.map(str::to_owned).collect())
    }
}
